/** A measure: the words by which one asks for it, and the units in which it is told. */
interface Measure {
  readonly words: RegExp
  readonly told: RegExp
}

const MEASURES: readonly Measure[] = [
  {
    words:
      /^(?:costs?|prices?|priced|fees?|pay|pays|paid|charges?|charged|expensive|cheap|cheaper|dearer|worth|rent|kost\p{L}{0,4}|preise?|teuer|teurer|gebühr(?:en)?|prix|coût\p{L}{0,3}|tarifs?|cuesta|precio|costa|prezzo)$/u,
    told: /[€$£¥]|(?<!\p{L})(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|crowns?|cents?|francs?|free|kostenlos|gratuite?|gratis)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:weighs?|weight|heavy|heavier|heaviest|lighter|schwer|schwerer|gewicht|wiegt|lourde?|poids|pèse)$/u,
    told: /\p{N}\s?(?:kg|g|t|lbs?|tons?|tonnes?|kilos?|kilograms?|grams?|kilogramm|gramm|kilogrammes?)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:long|longer|lasts?|take|takes|duration|dauer|dauert|lange|länger|durée|dure|old|older|alt)$/u,
    told: /(?<!\p{L})(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?|sekunden?|minuten?|stunden?|tage?n?|wochen?|monate?n?|jahre?n?|heures?|jours?|semaines?|mois|ans?|années?)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:high|higher|height|tall|taller|deep|deeper|depth|wide|wider|width|far|farther|distance|length|long|longer|hoch|höher|höhe|tief|tiefer|tiefe|breit|breite|weit|entfernung|länge|profondeur|hauteur|largeur|distance)$/u,
    told: /\p{N}\s?(?:mm|cm|m|km|met(?:re|er)s?|centimet(?:re|er)s?|kilomet(?:re|er)s?|miles?|feet|inches|mètres?|centimètres?|kilomètres?|zentimeter|kilometer)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:hot|hotter|warm|warmer|cold|colder|temperature|temperatur|heiß|kalt|température|chaude?|froide?)$/u,
    told: /°|(?<!\p{L})(?:degrees|degrés|grad|kelvin)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:loud|louder|noise|noisy|noisier|quiet|quieter|laut|lauter|leise|leiser|lärm|bruit|bruyante?)$/u,
    told: /\p{N}\s?(?:db|decibels?|dezibel)(?!\p{L})/iu,
  },
  {
    words:
      /^(?:power|powerful|stronger|leistung|puissance|consumption|electricity|strom|verbrauch)$/u,
    told: /\p{N}\s?(?:k|m)?(?:w|wh|watts?)(?!\p{L})/iu,
  },
  {
    words: /^(?:pressure|druck|pression)$/u,
    told: /\p{N}\s?(?:bar|psi|k?pa)(?!\p{L})/iu,
  },
  {
    words: /^(?:telephone|phone|call|telefon|telefonnummer|téléphone|teléfono|telefono)$/u,
    told: /(?<!\p{N})\+?\p{N}{3,5}[ /-]?\p{N}{2,}/u,
  },
]

/** How a text tells the measure that a word asks for; null for a word that asks for none. */
export function measureAsked(word: string): RegExp | null {
  return MEASURES.find(({ words }) => words.test(word))?.told ?? null
}
