import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import type { Sentence, Word } from './sentences.ts'

/** A name as it stands in the text. */
export interface NameSpan {
  readonly name: string
  readonly start: number
  readonly end: number
  /** False when only its place (start of a sentence) may have given it its capital. */
  readonly certain: boolean
}

/** Words that may stand in lower case inside a name. */
const CONNECTORS = new Set(
  'of the de la le du des del della di da do dos das van von der den ter zu und y e al el bin ibn d l'.split(
    ' ',
  ),
)
const CALENDAR = new Set(
  (
    'january february march april may june july august september october november december ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec ' +
    'monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday am pm bc ad'
  ).split(' '),
)
/** Months that are first names too. */
const FIRST_NAMES = new Set('jan april may june august'.split(' '))
/** Words that begin a sentence, and are no part of the name behind them. */
const OPENERS = new Set(
  (
    'later earlier soon meanwhile finally afterwards eventually previously currently originally ' +
    'initially unfortunately fortunately additionally furthermore moreover nevertheless nowadays ' +
    'recently formerly subsequently'
  ).split(' '),
)
const GREETINGS = new Set('hey hi hello dear thanks thank ok okay oh wow please yeah'.split(' '))
const CAPITAL = /^[\p{Lu}\p{Lt}]/u
const ALL_CAPITALS = /^[\p{Lu}\p{N}.&-]{2,}$/u
const NUMBER = /^\p{N}{1,4}(?:st|nd|rd|th)?$/u
const POSSESSIVE = /['’](?:s|S)?$/
const CONTRACTION = /['’](?:m|ll|ve|d|re|t)$/i
const JOINS = /^(?: | ?- ?|\. | & )$/
const MAX_WORDS = 10

const isCapital = (word: string) => CAPITAL.test(word) && !CONTRACTION.test(word)
const isPossessive = (word: Word) => POSSESSIVE.test(word.text)

/** The names in one sentence: runs of capitalised words, with the small words that join them. */
export function namesIn(text: string, sentence: Sentence): NameSpan[] {
  const { words } = sentence
  if (isShouted(words)) return []
  const found: NameSpan[] = []
  let at = 0
  while (at < words.length) {
    const word = words[at]
    if (!word || !startsName(words, at)) {
      at += 1
      continue
    }
    const last = lastOfName(words, at)
    const span = trimmed(text, words, at, last)
    if (span) found.push(span)
    at = last + 1
  }
  return found
}

/** A line in capitals only says nothing about which of its words are names. */
function isShouted(words: readonly Word[]): boolean {
  if (words.length < 4) return false
  const shouted = words.filter((word) => ALL_CAPITALS.test(word.text)).length
  return shouted > words.length * 0.7
}

function startsName(words: readonly Word[], at: number): boolean {
  const word = words[at]
  if (!word) return false
  if (isCapital(word.text)) return true
  // "20th Century Fox", "1920 Summer Olympics": a number opens a name only right after "the".
  const next = words[at + 1]
  const before = words[at - 1]
  return (
    NUMBER.test(word.text) &&
    next?.gap === ' ' &&
    isCapital(next.text) &&
    !CALENDAR.has(next.text.toLowerCase()) &&
    before?.text.toLowerCase() === 'the'
  )
}

function lastOfName(words: readonly Word[], first: number): number {
  let last = first
  while (last - first < MAX_WORDS) {
    const current = words[last]
    if (!current || isPossessive(current)) break
    const next = continuation(words, last, first)
    if (next === undefined) break
    last = next
  }
  return last
}

/** The index of the next word that belongs to the same name. */
function continuation(words: readonly Word[], last: number, first: number): number | undefined {
  const current = words[last]
  const next = words[last + 1]
  if (!current || !next || !joins(current, next)) return undefined
  if (isCapital(next.text)) return isDate(next) ? undefined : last + 1
  // A stop word at the start of a sentence joins nothing: "In the Netherlands".
  if (last === first && STOP_WORDS.has(current.text.toLowerCase())) return undefined
  // "Apollo 11", but no year: "Olympics 1920" is a name and a date.
  if (/^\p{N}{1,3}$/u.test(next.text)) return last + 1
  return pastConnectors(words, last)
}

/** The capital behind one or two joining words: "Bank of the West". */
function pastConnectors(words: readonly Word[], last: number): number | undefined {
  for (let ahead = 1; ahead <= 2; ahead += 1) {
    const small = words[last + ahead]
    const after = words[last + ahead + 1]
    if (!small || !after || !CONNECTORS.has(small.text) || after.gap !== ' ') return undefined
    if (isCapital(after.text) && !isDate(after)) {
      // "the" joins only after another joining word, not in "Rome the Great".
      return ahead === 1 && small.text === 'the' ? undefined : last + ahead + 1
    }
  }
  return undefined
}

const isDate = (word: Word) => CALENDAR.has(word.text.toLowerCase())

function joins(before: Word | undefined, next: Word): boolean {
  if (next.gap === ' ' || next.gap === ' & ' || next.gap === ' - ') return true
  return next.gap === '. ' && before !== undefined && JOINS.test(next.gap)
}

function trimmed(
  text: string,
  words: readonly Word[],
  from: number,
  to: number,
): NameSpan | undefined {
  let first = from
  let last = to
  while (first <= last && isSmallHead(words[first], first < last)) first += 1
  while (last >= first && isSmallTail(words[last])) last -= 1
  const head = words[first]
  const tail = words[last]
  if (!head || !tail || last < first) return undefined
  const name = text.slice(head.start, tail.end).replace(POSSESSIVE, '').replace(/\s+/g, ' ')
  if (name.length < 2 || /^[\p{N}.]+$/u.test(name)) return undefined
  const certain =
    first > 0 && !/["“”'‘:]/.test(head.gap) ? true : last > first || ALL_CAPITALS.test(name)
  return { name, start: head.start, end: tail.end, certain }
}

function isSmall(word: Word | undefined): boolean {
  if (!word) return false
  const lower = word.text.toLowerCase()
  if (CALENDAR.has(lower)) return true
  if (/^\p{N}+$/u.test(word.text)) return false
  return (
    (STOP_WORDS.has(lower) || GREETINGS.has(lower)) &&
    !(ALL_CAPITALS.test(word.text) && word.text.length > 1)
  )
}

function isSmallHead(word: Word | undefined, goesOn: boolean): boolean {
  const lower = word?.text.toLowerCase() ?? ''
  return OPENERS.has(lower) || (isSmall(word) && !(goesOn && FIRST_NAMES.has(lower)))
}

function isSmallTail(word: Word | undefined): boolean {
  return isSmall(word) || (word !== undefined && CONNECTORS.has(word.text))
}
