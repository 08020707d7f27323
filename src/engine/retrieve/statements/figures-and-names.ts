import { STOP_WORDS } from '../../text/stop-words.ts'

/** What a passage must hold of a sentence to support it: figures and the words of names. */
export interface Particulars {
  readonly figures: readonly string[]
  readonly names: readonly string[]
}

const FIGURE = /\p{N}+(?:[.,:'\u2019]\p{N}+)*/gu
/** Between the thousands of one figure. */
const GAP = /(?<=\p{N})[ \u00a0\u202f](?=\p{N}{3}(?!\p{N}))/gu
const THOUSANDS = /^\p{N}{1,3}(?:[.,'\u2019]\p{N}{3})+$/u
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*/gu
const CAPITAL = /^\p{Lu}/u
const INNER = /^\p{Lu}.*[\p{Lu}\p{N}]/u
/** Words with a capital at the beginning of a sentence that are no part of the name behind them. */
const ARTICLES = new Set(
  (
    'the this that der die das ein eine einen einem einer diese dieser dieses jede jeder jedes alle le la les ' +
    'un une des el los las una il lo gli'
  ).split(' '),
)
/** Where this share of the words has a capital, as in German and in titles, one tells no name. */
const MANY_CAPITALS = 0.3
const LEAST_NAME = 3

/** Capitals that name nobody: titles, months and days, which a passage may give in figures. */
const NO_NAMES = new Set(
  (
    'mr mrs ms dr prof herr frau madame monsieur mme january february march april may june july august ' +
    'september october november december monday tuesday wednesday thursday friday saturday sunday januar ' +
    'februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag'
  ).split(' '),
)
const NUMBER_WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['1', ['one', 'eins', 'ein', 'eine', 'un', 'une']],
  ['2', ['two', 'zwei', 'deux', 'twice']],
  ['3', ['three', 'drei', 'trois']],
  ['4', ['four', 'vier', 'quatre']],
  ['5', ['five', 'fünf', 'cinq']],
  ['6', ['six', 'sechs']],
  ['7', ['seven', 'sieben', 'sept']],
  ['8', ['eight', 'acht', 'huit']],
  ['9', ['nine', 'neun', 'neuf']],
  ['10', ['ten', 'zehn', 'dix']],
  ['11', ['eleven', 'elf', 'onze']],
  ['12', ['twelve', 'zwölf', 'douze', 'dozen']],
]
const DIGITS_OF = new Map(
  NUMBER_WORDS.flatMap(([digits, words]) => words.map((word) => [word, digits] as const)),
)

/** The figures and names of a sentence. A capital at its beginning tells no name. */
export function particularsOf(sentence: string): Particulars {
  const figures = sentence.replace(GAP, '').match(FIGURE) ?? []
  return { figures: [...new Set(figures)], names: [...new Set(namesIn(sentence))] }
}

function namesIn(sentence: string): string[] {
  const words = Array.from(sentence.matchAll(WORD), (match) => ({
    word: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }))
  const later = words.slice(1)
  const capitals = later.filter(({ word }) => CAPITAL.test(word))
  const isDense = capitals.length > MANY_CAPITALS * later.length
  return later.flatMap(({ word, start, end }, at) => {
    if (!CAPITAL.test(word) || word.length < LEAST_NAME) return []
    const lower = word.toLowerCase()
    if (NO_NAMES.has(lower) || STOP_WORDS.has(lower)) return []
    const before = words[at]
    const after = words[at + 2]
    const isOfRun =
      (before !== undefined && isOfName(before.word) && start - before.end <= 1) ||
      (after !== undefined && CAPITAL.test(after.word) && after.start - end <= 1)
    return !isDense || isOfRun || INNER.test(word) ? [word] : []
  })
}

const isOfName = (word: string) => CAPITAL.test(word) && !ARTICLES.has(word.toLowerCase())

/** What a passage holds of figures and names. */
export class HeldParticulars {
  readonly #figures = new Set<string>()
  readonly #text: string

  /** @param texts the passage, and what stands above it */
  constructor(texts: readonly string[]) {
    const text = texts.join('\n')
    for (const figure of text.replace(GAP, '').match(FIGURE) ?? []) {
      for (const form of formsOf(figure)) this.#figures.add(form)
    }
    this.#text = text.toLowerCase()
    for (const [word] of this.#text.matchAll(WORD)) {
      const digits = DIGITS_OF.get(word)
      if (digits !== undefined) this.#figures.add(digits)
    }
  }

  /** The figures and names that it lacks. */
  missing({ figures, names }: Particulars): string[] {
    return [
      ...figures.filter((figure) => !formsOf(figure).some((form) => this.#figures.has(form))),
      ...names.filter((name) => !this.#text.includes(name.toLowerCase())),
    ]
  }
}

/** A figure as it is written, without its thousands' signs, and with a decimal point. */
function formsOf(figure: string): string[] {
  const forms = [figure, figure.replace(/,/g, '.')]
  if (THOUSANDS.test(figure)) forms.push(figure.replace(/[.,'\u2019]/g, ''))
  return forms
}
