import type { IndexedUnit } from './indexed-units.ts'
import { type AskedKind, holdsKind } from './kinds-of-answer.ts'
import { coverageOf, type WeighedTerm } from './term-strengths.ts'
import type { TimeSlice } from './time-slice.ts'

/** What units are ranked by. */
export interface Ranking {
  /** Words of the question, and behind them those of its conversation. */
  readonly terms: readonly WeighedTerm[]
  readonly kinds: ReadonlySet<AskedKind>
  /** The words that a definition is of, as the question has them, in lower case. */
  readonly subject: string
}

/** What a word is still worth that an earlier sentence holds already. */
const TOLD = 0.35
/** A sentence below this share of the best one's score says too little. */
const WORTH_SAYING = 0.55
/** The same where one sentence is hardly the whole answer. */
const WORTH_SAYING_OF_MANY = 0.45
/** In words; longer sentences have more words to share by chance. */
const USUAL_LENGTH = 24
const MOST_FOR_ONE_FACT = 3
const FACTS: readonly AskedKind[] = ['person', 'time', 'place', 'amount', 'yes-no', 'definition']

/** The units that answer best, best first: those that speak of the rare words of the question. */
export async function rankUnits(
  units: readonly IndexedUnit[],
  ranking: Ranking,
  limit: number,
  slice: TimeSlice,
): Promise<IndexedUnit[]> {
  const isFact = isForOneFact(ranking.kinds)
  const most = isFact ? Math.min(limit, MOST_FOR_ONE_FACT) : limit
  const candidates = await scored(units, ranking, slice)
  const chosen: IndexedUnit[] = []
  const told = new Set<WeighedTerm>()
  const least = { score: 0, coverage: 0 }
  while (chosen.length < most) {
    await slice.pause()
    const best = bestOf(candidates, ranking.terms, told, chosen)
    if (best === null || best.score < least.score) break
    const coverage = coverageOf([best.unit], ranking.terms)
    if (chosen.length === 0) {
      least.score = (isFact ? WORTH_SAYING : WORTH_SAYING_OF_MANY) * best.score
      least.coverage = coverage / 2
    }
    if (coverage < least.coverage) break
    chosen.push(best.unit)
    for (const term of ranking.terms) if (term.strengths.has(best.unit)) told.add(term)
  }
  return chosen
}

function isForOneFact(kinds: ReadonlySet<AskedKind>): boolean {
  const isWide = kinds.has('list') || kinds.has('comparison') || kinds.has('procedure')
  return !isWide && FACTS.some((kind) => kinds.has(kind))
}

interface Candidate {
  readonly unit: IndexedUnit
  /** Greater for better passages, shorter sentences, and the kind of answer that is asked for. */
  readonly prior: number
}

async function scored(
  units: readonly IndexedUnit[],
  { terms, kinds, subject }: Ranking,
  slice: TimeSlice,
): Promise<Candidate[]> {
  const speaking = new Set<IndexedUnit>()
  for (const { strengths } of terms) for (const unit of strengths.keys()) speaking.add(unit)
  const candidates: Candidate[] = []
  for (const unit of units) {
    if (!speaking.has(unit) || !saysAnything(unit)) continue
    if (slice.isOver) await slice.pause()
    const prior = 1 / (1 + 0.05 * unit.rank)
    candidates.push({ unit, prior: (prior * fitness(unit, kinds, subject)) / lengthPenalty(unit) })
  }
  return candidates
}

/** A word alone answers nothing, unless it is an item of a list or leads into one. */
function saysAnything({ kind, list, stems }: IndexedUnit): boolean {
  return kind === 'lead-in' ? list !== null : list !== null || stems.size >= 2
}

const lengthPenalty = ({ stems }: IndexedUnit) => Math.sqrt(Math.max(1, stems.size / USUAL_LENGTH))

/** How well a unit fits the kinds of answer that are asked for. */
function fitness(unit: IndexedUnit, kinds: ReadonlySet<AskedKind>, subject: string): number {
  let fit = 1
  for (const kind of kinds) {
    if (kind === 'list' || kind === 'procedure') fit *= unit.list === null ? 1 : IN_LIST
    else if (kind === 'definition') fit *= defines(unit.text, subject) ? DEFINES : 1
    else fit *= holdsKind(kind, unit.text) ? 1 : (LACKS_KIND[kind] ?? 1)
  }
  return fit
}

const IN_LIST = 1.35
const DEFINES = 1.8
const LACKS_KIND: Readonly<Partial<Record<AskedKind, number>>> = {
  person: 0.75,
  time: 0.7,
  place: 0.75,
  amount: 0.65,
}

const BEFORE_SUBJECT =
  /^[\s*_"'“”„«»‘’`]*(?:(?:an?|the|der|die|das|eine?|le|la|les|une?|l['’])[\s*_"“„«]+)?/iu
const AFTER_SUBJECT =
  /^[\s*_"'“”„»«‘’`]*(?:[:=–—]|(?:is|are|means?|refers|stands|ist|sind|bedeutet|bezeichnet|heißt|est|sont|signifie|désigne|es|è)(?!\p{L}))/iu

/** Whether a sentence begins with the subject and goes on to say what it is. */
function defines(text: string, subject: string): boolean {
  if (subject === '') return false
  const head = text.slice(0, 80 + subject.length)
  const rest = head.slice(BEFORE_SUBJECT.exec(head)?.[0].length ?? 0)
  return rest.toLowerCase().startsWith(subject) && AFTER_SUBJECT.test(rest.slice(subject.length))
}

function bestOf(
  candidates: readonly Candidate[],
  terms: readonly WeighedTerm[],
  told: ReadonlySet<WeighedTerm>,
  chosen: readonly IndexedUnit[],
): { unit: IndexedUnit; score: number } | null {
  const sums = new Map<IndexedUnit, { overlap: number; shared: number }>()
  for (const term of terms) {
    const worth = told.has(term) ? term.worth * TOLD : term.worth
    for (const [unit, strength] of term.strengths) {
      const { overlap, shared } = sums.get(unit) ?? { overlap: 0, shared: 0 }
      sums.set(unit, { overlap: overlap + worth * strength, shared: shared + strength })
    }
  }
  let best: { unit: IndexedUnit; score: number } | null = null
  for (const { unit, prior } of candidates) {
    const sum = sums.get(unit)
    if (sum === undefined || isTaken(unit, chosen)) continue
    const score = sum.overlap * (1 + sum.shared / terms.length) * prior
    if (best === null || score > best.score) best = { unit, score }
  }
  return best
}

/** An item brings its list along. */
function isTaken(unit: IndexedUnit, chosen: readonly IndexedUnit[]): boolean {
  return chosen.some((one) => one === unit || (one.list !== null && one.list === unit.list))
}
