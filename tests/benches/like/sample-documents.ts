import { seeded } from './seeded.ts'

const WORDS = 200
const NAMES = 8
/** Names of one collection; some are in a hundred documents, most in a few. */
const ALL_NAMES = 4000
const VOCABULARY = 3000

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ')
const wordOf = (number: number, parts: number) =>
  Array.from({ length: parts }, (_, i) => SYLLABLES[Math.floor(number / 20 ** i) % 20]).join('')
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const nameOf = (number: number) => `${capital(wordOf(number * 7, 3))} ${capital(wordOf(number, 3))}`

export interface SampleDocument {
  readonly number: number
  readonly label: string
  /** 200 words; its first two are `Note <number>.` */
  readonly text: string
  /** The eight names in it. */
  readonly names: readonly string[]
}

/** One of any number of documents of the same shape: prose in which eight names meet. */
export function sampleDocument(number: number): SampleDocument {
  const random = seeded(number + 1)
  const names = new Set<string>()
  // The square makes low numbers frequent.
  while (names.size < NAMES) names.add(nameOf(Math.floor(random() ** 2 * ALL_NAMES)))
  const places = new Map([...names].map((name, i) => [4 + i * 22, name]))
  const words = ['Note', `${number}.`]
  while (words.length < WORDS) {
    const name = places.get(words.length)
    if (name === undefined) words.push(wordOf(Math.floor(random() ** 2 * VOCABULARY) * 3, 3))
    else words.push(...name.split(' '))
    if (words.length % 14 === 0) words.push(`${words.pop()}.`)
  }
  return { number, label: `note-${number}.txt`, text: words.join(' '), names: [...names] }
}

/** A question about two names of a document. */
export function sampleQuestion(number: number): string {
  const { names } = sampleDocument(number)
  return `What links ${names[0]} and ${names[5]} in note ${number}?`
}
