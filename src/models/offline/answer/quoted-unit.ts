import { type IndexedUnit, SENTENCE_BEFORE } from './indexed-units.ts'
import type { WeighedTerm } from './term-strengths.ts'

/** A unit as it is told: one sentence, or a lead-in with its items. */
export interface Quote {
  readonly text: string
  readonly items: readonly string[]
  readonly referenceId: string
}

const MOST_ITEMS = 40
/** In code points. */
const LONGEST_SENTENCE = 600
const LONGEST_LIST = 3_000
const SHORT_LEAD_IN = 3
/** A first word that points back to the sentence before. */
const POINTS_BACK = /^(?:he|she|it|they|this|these|those|that|his|her|its|their|such)\b/i
const LONGEST_ANTECEDENT = 300
/** Signs of a list at the start would turn a quoted sentence into an item of ours. */
const MARK = /^(?:[-*+\u2022>]|\d{1,3}[.)])\s+/

/**
 * A unit with what it needs to be understood: the list that a lead-in announces, the sentence that
 * it points back to, what a row of a table or a bare figure is about.
 *
 * @param terms what the question asks about
 */
export function quotedUnit(unit: IndexedUnit, terms: readonly WeighedTerm[]): Quote {
  const { referenceId, list, text } = unit
  if (list === null) {
    return {
      referenceId,
      text: cut(aboutWhat(unit, terms) + withAntecedent(unit, terms)),
      items: [],
    }
  }
  const length = list.items.reduce((sum, item) => sum + item.length, 0)
  const isWhole = list.items.length <= MOST_ITEMS && length <= LONGEST_LIST
  return {
    referenceId,
    text: leadInOf(unit),
    items: (isWhole || unit.kind === 'lead-in' ? list.items.slice(0, MOST_ITEMS) : [text]).map(cut),
  }
}

function leadInOf({ list, headings }: IndexedUnit): string {
  const heading = headings.at(-1) ?? ''
  const leadIn = cut(list?.leadIn ?? '')
  if (leadIn === '') return heading === '' ? '' : `${bare(heading)}:`
  const isShort = leadIn.split(' ').length <= SHORT_LEAD_IN
  return isShort && heading !== '' ? `${bare(heading)} \u2013 ${leadIn}` : leadIn
}

/** The heading of a row of a table, and of a sentence that has hardly a word of the question itself. */
function aboutWhat({ kind, headings, stems }: IndexedUnit, terms: readonly WeighedTerm[]): string {
  const heading = headings.at(-1)
  if (heading === undefined) return ''
  const title = headings[0]
  if (kind === 'row') {
    return title === heading || title === undefined
      ? `${bare(heading)}: `
      : `${bare(heading)} (${bare(title)}): `
  }
  const isTold = terms.some(({ stem }) => stems.has(stem))
  return isTold || terms.length === 0 ? '' : `${bare(heading)}: `
}

/** A heading before a colon has no stop of its own. */
const bare = (heading: string) => heading.replace(/(?<![.:])[.:]+$/, '')

/** With the sentence before where it points back, or where only that one has a word of the question. */
function withAntecedent(unit: IndexedUnit, terms: readonly WeighedTerm[]): string {
  const { text, before, stemsBefore } = unit
  if (before === null || before.length > LONGEST_ANTECEDENT) return text
  if (POINTS_BACK.test(text)) return `${before} ${text}`
  const isNeeded = terms.some(
    ({ stem, strengths }) => stemsBefore?.has(stem) && strengths.get(unit) === SENTENCE_BEFORE,
  )
  return isNeeded ? `${before} ${text}` : text
}

function cut(text: string): string {
  const points = Array.from(text.replace(MARK, ''))
  return points.length <= LONGEST_SENTENCE
    ? points.join('')
    : `${points.slice(0, LONGEST_SENTENCE).join('').trimEnd()}\u2026`
}
