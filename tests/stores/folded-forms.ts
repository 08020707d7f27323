/** Ways to write a word that all who search it mean, each as it may stand in a text or a question. */
export const FOLDED_FORMS: Readonly<Record<string, readonly string[]>> = {
  street: [
    'Straßenplan',
    'STRASSENPLAN',
    'strassenplan',
    'STRA\u1e9eENPLAN',
    'Stra\u00ad\u00dfenplan',
  ],
  depot: [
    'warehouse',
    'ware\u00adhouse',
    'WARE\u200bHOUSE',
    'ware\u2060house',
    'w\ufeffarehouse',
    'ware\u200dhouse',
  ],
  city: ['İstanbul', 'istanbul', 'ISTANBUL', 'i\u0307stanbul', '\u0131stanbul'],
  way: ['ΟΔΟΣ', 'οδος', 'οδοσ'],
  accent: ['Übergröße', 'Übergrösse', 'U\u0308BERGRO\u0308SSE', 'U\u0308bergro\u0308\u00dfe'],
  ligature: ['finanzfluss', '\ufb01nanz\ufb02uss', 'FINANZFLUSS', 'ﬁnanzfluß'],
  width: ['kestrel', 'Ｋｅｓｔｒｅｌ', 'KESTREL', 'kes\u034ftrel'],
  persian: ['می\u200cخواهم', 'میخواهم'],
  variant: ['葛城', '葛\u{e0100}城'],
  khmer: ['ភាសាខ្មែរ', 'ភាសា\u200bខ្មែរ'],
}
