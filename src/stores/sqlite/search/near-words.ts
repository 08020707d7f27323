/** Of the scripts in which a word is a run of letters; the index knows no accents. */
const ALPHABETS = [
  'abcdefghijklmnopqrstuvwxyz',
  'абвгдежзийклмнопрстуфхцчшщъыьэюя',
  'αβγδεζηθικλμνξοπρστυφχψω',
]

/** Letters that are no accented ones to Unicode, and what people write who do not have them. */
const PLAIN = [
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
] as const
/** In letters. Shorter words are near to too many others. */
const LEAST_LETTERS = 5

/**
 * The words that a word may stand for: its forms with and without the letters of other languages, then
 * those that differ from it by one slip: two letters exchanged, one left out, one too many, or another
 * one. Those that people mistype most often come first. A word that is short, or written in more than
 * one of the alphabets we know or in none, has no slips.
 *
 * @param word in small letters, without accents
 */
export function nearWords(word: string): string[] {
  const near = new Set(otherForms(word))
  const letters = ALPHABETS.find((alphabet) => [...word].every((one) => alphabet.includes(one)))
  if (letters !== undefined && word.length >= LEAST_LETTERS) addSlips(word, letters, near)
  near.delete(word)
  return [...near]
}

/** With all of the letters of other languages written out, and with one pair of letters as one of these. */
function otherForms(word: string): string[] {
  const written = PLAIN.reduce((form, [letter, plain]) => form.replaceAll(letter, plain), word)
  const forms = PLAIN.flatMap(([letter, plain]) =>
    word
      .split(plain)
      .slice(1)
      .map((_, at) => nthReplaced(word, plain, letter, at)),
  )
  return [written, ...forms]
}

function nthReplaced(word: string, plain: string, letter: string, nth: number): string {
  const parts = word.split(plain)
  return parts.slice(0, nth + 1).join(plain) + letter + parts.slice(nth + 1).join(plain)
}

function addSlips(word: string, letters: string, near: Set<string>): void {
  const places = Array.from({ length: word.length }, (_, at) => at)
  for (const at of places.slice(1)) {
    near.add(word.slice(0, at - 1) + word.charAt(at) + word.charAt(at - 1) + word.slice(at + 1))
  }
  for (const at of places) near.add(word.slice(0, at) + word.slice(at + 1))
  for (const at of [...places, word.length]) {
    for (const letter of letters) near.add(word.slice(0, at) + letter + word.slice(at))
  }
  for (const at of places) {
    for (const letter of letters) near.add(word.slice(0, at) + letter + word.slice(at + 1))
  }
}
