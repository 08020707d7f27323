/** What a question asks for; one question may ask for several. */
export type AskedKind =
  | 'person'
  | 'time'
  | 'place'
  | 'amount'
  | 'yes-no'
  | 'list'
  | 'comparison'
  | 'definition'
  | 'procedure'

/** How people ask for it, in English, German, French, Spanish and Italian. */
const ASKING: readonly (readonly [AskedKind, RegExp])[] = [
  [
    'person',
    /\b(?:who|whom|whose)\b|^\W{0,9}(?:(?:mit|von|für|an|zu) )?(?:wer|wem|wen|wessen|qui|quién|quiénes|chi)(?!\p{L})/iu,
  ],
  [
    'time',
    /\b(?:when|(?:what|which) (?:year|date|time|day|month))\b|^\W{0,9}(?:(?:seit|bis|ab|depuis|desde) )?(?:wann|quand|cuándo|quando)(?!\p{L})|\b(?:um wie viel uhr|à quelle heure|an welchem tag)\b/iu,
  ],
  [
    'place',
    /\b(?:where|(?:what|which) (?:place|room|city|town|country|building|floor))\b|^\W{0,9}(?:d['’])?(?:wo|wohin|woher|où|dónde|adónde|dove)(?!\p{L})/iu,
  ],
  [
    'amount',
    /\b(?:how (?:many|much|long|old|far|often|high|heavy|big|large|deep|fast|wide|tall|loud|hot|warm|cold)|what (?:percentage|share|amount|price)|wie (?:viele?|hoch|lange?|oft|teuer|schwer|groß|alt|weit|tief|warm|laut|breit)|combien|cuánt[oa]s?|quant[oiae])(?!\p{L})/iu,
  ],
  [
    'yes-no',
    /^\W{0,9}(?:is|are|was|were|do|does|did|can|may|must|should|will|has|have|could|would|am|ist|sind|war|darf|dürfen|kann|können|muss|müssen|soll|gibt|hat|haben|wird|werden|est-ce|peut-on|faut-il|y a-t-il|puis-je|es|hay|puedo|puede|è|posso|può)(?!\p{L})/iu,
  ],
  [
    'list',
    /^\W{0,9}(?:on |for |in |with |by )?(?:which|what (?:are|do|does|should|must|is new|changed)|list|name|welche[rsnm]?|was (?:muss|soll|darf|brauche|ist zu)|quel(?:le)?s|que (?:doit|doivent|faut)|cuáles|quali)(?!\p{L})/iu,
  ],
  [
    'comparison',
    /\b(?:differences?|compare[sd]?|comparison|versus|vs|unterschied|vergleich|différences?|comparaison|diferencia|differenza)\b|(?:er|more|less|worse) than\b/iu,
  ],
  [
    'definition',
    /^\W{0,9}(?:what (?:is|are)|define|explain|what does|what is meant by|was (?:ist|sind|bedeutet|heißt)|qu['’]est-ce que?|que signifie|qué es|cos['’]è)(?!\p{L})|\bmeaning of\b/iu,
  ],
  [
    'procedure',
    /\b(?:how (?:do|does|can|should|must|could|would|to|is|are)|steps to|instructions for)\b|^\W{0,9}(?:wie (?:kann|muss|soll|wird|werden|mache?|geht|bekomme)|comment|cómo|come)(?!\p{L})|\bwhat (?:must|should|do) (?:i|we|you|one) do\b/iu,
  ],
]

/** A question of one of several, when it has an "or" as well. */
const OF_SEVERAL =
  /^\W{0,9}(?:which|what|who|is|are|welche[rsn]?|ist|sind|lequel|laquelle)(?!\p{L})/iu
const OR = /(?<!\p{L})(?:or|oder|ou)(?!\p{L})/iu
/** In UTF-16 units. */
const READ_OF_QUESTION = 400

/** What a question asks for, by its words. */
export function askedKinds(question: string): ReadonlySet<AskedKind> {
  const read = question.slice(0, READ_OF_QUESTION)
  const kinds = new Set<AskedKind>()
  for (const [kind, asking] of ASKING) if (asking.test(read)) kinds.add(kind)
  if (OF_SEVERAL.test(read) && OR.test(read)) kinds.add('comparison')
  // "How many" and "how long" begin like a procedure.
  if (kinds.has('amount')) kinds.delete('procedure')
  return kinds
}

const NUMBER =
  /\p{N}|(?<!\p{L})(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand|half|dozen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|hundert|tausend|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|vingt|cent|mille|dos|tres|cuatro|due|tre|free|kostenlos|gratuite?|gratis)(?!\p{L})/iu
const TIME =
  /(?<!\p{N})\p{N}{4}(?!\p{N})|\p{N}{1,2}(?:[:.]\p{N}{2}| ?h(?!\p{L})| ?uhr| ?o'clock| ?[ap]m(?!\p{L}))|(?<!\p{L})(?:(?:jan|febr)(?:uary|uar)|märz|march|april|mai|may|jun[ei]|jul[iy]|august|(?:sept|nov|dez|dec)ember|o[ck]tober|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|every|daily|weekly|monthly|yearly|noon|midnight|spring|summer|autumn|winter|after|before|until|täglich|jeden|wöchentlich|nach|vor|après|avant|chaque)(?!\p{L})/iu
const PLACE =
  /(?<!\p{L})(?:in|at|on|beside|behind|between|under|above|near|opposite|within|to|into|im|am|an|auf|bei|neben|hinter|zwischen|dans|sur|à|au|chez|derrière|entre|en|sous|rooms?|floors?|halls?|levels?|wings?|streets?|raum|zimmer|stock|straße|salle|étage|rue)(?!\p{L})/iu
/** A word with a capital that does not begin the sentence, or a run of such words. */
const NAME = /(?<=[^\s.!?:] {1,3}|[(“"])\p{Lu}\p{Ll}+|\p{Lu}\p{Ll}+[ -]\p{Lu}\p{Ll}+/u

const TELLING: Readonly<Partial<Record<AskedKind, RegExp>>> = {
  person: NAME,
  time: TIME,
  place: PLACE,
  amount: NUMBER,
}

/** Whether a text holds what a question of this kind asks for; true for kinds that no form tells. */
export function holdsKind(kind: AskedKind, text: string): boolean {
  return TELLING[kind]?.test(text) ?? true
}
