import type { AnswerPassage } from '../../../engine/ports/models.ts'
import { type Asked, askedTerms, LONGEST_QUESTION } from './asked-terms.ts'
import { comparedSides } from './compared-sides.ts'
import { type IndexedUnit, indexedUnits, type UnitIndex } from './indexed-units.ts'
import { type AskedKind, askedKinds, holdsKind } from './kinds-of-answer.ts'
import { type Ranking, rankUnits } from './rank-units.ts'
import { sectionAsked } from './section-asked.ts'
import { coverageOf, type WeighedTerm, weighedTerms } from './term-strengths.ts'
import { TimeSlice } from './time-slice.ts'

/** What answers a question, in the order in which it is told. */
export interface ExtractedAnswer {
  /** Empty where the passages do not answer. */
  readonly units: readonly IndexedUnit[]
  readonly asked: Asked
  readonly terms: readonly WeighedTerm[]
}

/** What a word of the conversation is worth beside one of the question. */
const SAID_BEFORE = 0.5
/** Share of what is asked about, by worth, that an answer speaks of at least. */
const LEAST_COVERAGE = 0.55
/** The same where the little words of the question's language are not known. */
const LEAST_COVERAGE_UNKNOWN = 0.3
/** What it costs an answer that it lacks a name, what is sought, or the kind of thing asked for. */
const LACKS_NAME = 0.75
const LACKS_SOUGHT = 0.8
const LACKS_KIND = 0.8
const MOST_LACKING = 2
const JOINED = /,|(?<!\p{L})(?:and|or|und|oder|et|ou|y|e|o)(?!\p{L})|&/u

/**
 * The units of the passages that answer a question; none where they do not speak of what it asks.
 *
 * @param passages best first
 * @param limit number of units
 * @param searchedFor the question with words of its conversation, which count less than its own
 */
export async function extractAnswer(
  query: string,
  passages: readonly AnswerPassage[],
  limit: number,
  searchedFor: string = query,
): Promise<ExtractedAnswer> {
  const slice = new TimeSlice()
  const question = query.slice(0, LONGEST_QUESTION)
  const asked = askedTerms(question)
  const index = await indexedUnits(passages, slice)
  const terms = await weighedTerms(asked.terms, index, slice)
  const kinds = askedKinds(question)
  const section = sectionAsked(question, asked.terms, kinds, index.units)
  if (section.length > 0) return { units: section.slice(0, limit), asked, terms }
  const ranking: Ranking = {
    terms: [...terms, ...(await termsSaidBefore(query, searchedFor, asked, index, slice))],
    kinds,
    subject: subjectOf(question, asked),
  }
  const units = await answering(question, index, ranking, limit, slice)
  return { units: isAnswer(question, units, terms, kinds, asked) ? units : [], asked, terms }
}

async function termsSaidBefore(
  query: string,
  searchedFor: string,
  asked: Asked,
  index: UnitIndex,
  slice: TimeSlice,
): Promise<WeighedTerm[]> {
  if (searchedFor === query) return []
  const own = new Set(asked.terms.map(({ stem }) => stem))
  const more = askedTerms(searchedFor).terms.filter(({ stem }) => !own.has(stem))
  const weighed = await weighedTerms(more, index, slice)
  return weighed.map((term) => ({ ...term, worth: term.worth * SAID_BEFORE }))
}

/** Both sides of a comparison have their say. */
async function answering(
  question: string,
  { units }: UnitIndex,
  ranking: Ranking,
  limit: number,
  slice: TimeSlice,
): Promise<IndexedUnit[]> {
  const all = await rankUnits(units, ranking, limit, slice)
  if (!ranking.kinds.has('comparison')) return all
  const sides = comparedSides(question, ranking.terms)
  if (sides === null) return all
  const chosen: IndexedUnit[] = []
  for (const [at, side] of sides.entries()) {
    const other = sides[1 - at]
    const terms = ranking.terms.filter(({ stem }) => !other?.has(stem))
    const ofSide = units.filter((unit) =>
      terms.some(({ stem, strengths }) => side.has(stem) && strengths.has(unit)),
    )
    const [best] = await rankUnits(ofSide, { ...ranking, terms }, 1, slice)
    if (best !== undefined) chosen.push(best)
  }
  return [...new Set([...chosen, ...all])].slice(0, limit)
}

/** Whether these units speak of enough of what is asked about. */
function isAnswer(
  question: string,
  units: readonly IndexedUnit[],
  terms: readonly WeighedTerm[],
  kinds: ReadonlySet<AskedKind>,
  { language }: Asked,
): boolean {
  const [first] = units
  if (first === undefined) return false
  const isJoined = kinds.has('comparison') || JOINED.test(question)
  const told = isJoined ? units : [first]
  const isTold = ({ strengths }: WeighedTerm) => told.some((unit) => strengths.has(unit))
  let confidence = coverageOf(told, terms)
  const names = terms.filter((term) => term.isName && !isTold(term)).length
  confidence *= LACKS_NAME ** Math.min(MOST_LACKING, names)
  if (terms.some((term) => term.isSought && !isTold(term))) confidence *= LACKS_SOUGHT
  const lacking = [...kinds].filter((kind) => !units.some(({ text }) => holdsKind(kind, text)))
  if (lacking.length > 0) confidence *= LACKS_KIND
  return confidence >= (language === null ? LEAST_COVERAGE_UNKNOWN : LEAST_COVERAGE)
}

/** From the first word that is asked about to the last one. */
function subjectOf(question: string, { terms }: Asked): string {
  const lower = question.toLowerCase()
  let from = lower.length
  let to = 0
  for (const { word } of terms) {
    const at = lower.indexOf(word)
    if (at < 0) continue
    from = Math.min(from, at)
    to = Math.max(to, at + word.length)
  }
  return lower.slice(from, to)
}
