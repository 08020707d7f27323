/** Letters that lower case leaves in more than one form, or makes one of. */
const LEFT = /[\u00df\u0131\u03c2]|\u0069\u0307/g
const FOLDED: Readonly<Record<string, string>> = {
  '\u00df': 'ss',
  '\u0131': 'i',
  '\u03c2': '\u03c3',
  '\u0069\u0307': 'i',
}
/** Letters of which upper case makes others: Greek with an iota below, old Cyrillic. */
const MADE_BY_UPPER_CASE = /\u0345|[\u01f0\u0390\u03b0\u1c80-\u1c88\u1e96-\u1e99\u1f50-\u1ffc]/

/** A text in which letters that differ by their case alone are one: `Straße`, `STRASSE`, `strasse`. */
export function foldedCase(text: string): string {
  const cased = MADE_BY_UPPER_CASE.test(text) ? text.toUpperCase().normalize('NFC') : text
  return cased.toLowerCase().replace(LEFT, (letter) => FOLDED[letter] ?? letter)
}
