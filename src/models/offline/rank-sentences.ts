import { setImmediate as turn } from 'node:timers/promises'
import type { AnswerPassage } from '../../engine/ports/models.ts'
import { stemOf } from '../../engine/text/stem.ts'
import { contentTerms, wordsOf } from './content-terms.ts'
import { splitSentences } from './split-sentences.ts'

/** In milliseconds. */
const SLICE_MS = 8

/** Lets other work have its turn now and then during a long computation. */
class TimeSlice {
  #began = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#began >= SLICE_MS
  }

  /** Returns at once while the slice lasts, else after whatever else was waiting. */
  async pause(): Promise<void> {
    if (!this.isOver) return
    await turn()
    this.#began = performance.now()
  }
}

/** A sentence that speaks to the question. */
export interface RankedSentence {
  readonly text: string
  readonly referenceId: string
  readonly score: number
}

interface Candidate {
  readonly text: string
  readonly referenceId: string
  readonly stems: ReadonlySet<string>
  /** Greater for better passages, shorter sentences, and the kind of answer that is asked for. */
  readonly prior: number
  /** The sentence before it in its passage. */
  readonly before: string | null
}

/** A first word that points back to the sentence before. */
const POINTS_BACK = /^(?:he|she|it|they|this|these|those|that|his|her|its|their|such)\b/i
const WANTS_NUMBER = /\b(?:when|how (?:many|much|long|old|far|often)|what (?:year|date|time))\b/i
const WANTS_NAME = /\b(?:who|whom|whose|where)\b/i

/**
 * The sentences that answer a question best, best first: those that share its rare words, and
 * together as many of its words as possible.
 *
 * @param passages best first
 * @param limit number of sentences
 * @param searchedFor the question with words of its conversation, which count less than its own
 */
export async function rankSentences(
  query: string,
  passages: readonly AnswerPassage[],
  limit: number,
  searchedFor: string = query,
): Promise<RankedSentence[]> {
  const asked = askedStems(query)
  const slice = new TimeSlice()
  const candidates = await candidatesOf(query, passages, slice)
  const rarity = await rarityOf(asked, candidates, slice)
  if (searchedFor !== query) {
    for (const [stem, worth] of await rarityOf(askedStems(searchedFor), candidates, slice)) {
      if (!asked.has(stem)) rarity.set(stem, worth * SAID_BEFORE)
    }
  }
  const chosen: RankedSentence[] = []
  const taken = new Set<Candidate>()
  const told = new Set<string>()
  while (chosen.length < limit) {
    const best = await bestOf(candidates, { taken, told, rarity }, slice)
    if (best === null || best.score < WORTH_SAYING * (chosen[0]?.score ?? 0)) break
    taken.add(best.candidate)
    for (const stem of best.candidate.stems) if (asked.has(stem)) told.add(stem)
    const { referenceId } = best.candidate
    chosen.push({ text: withAntecedent(best.candidate), referenceId, score: best.score })
  }
  return chosen
}

/** What a word of the conversation is worth beside one of the question. */
const SAID_BEFORE = 0.5
/** A sentence below this share of the best one's score says too little. */
const WORTH_SAYING = 0.3
/** What a word is still worth that an earlier sentence holds already. */
const TOLD = 0.35
/** In words; longer sentences have more words to share by chance. */
const USUAL_LENGTH = 24

/** In characters. */
const LONGEST_QUESTION = 4_000
/** In UTF-16 units. A text without a stop is quoted by its first words, and read no further. */
const LONGEST_SENTENCE = 10_000

function askedStems(question: string): ReadonlySet<string> {
  // A pasted page asks no better than its first sentences.
  const query = question.slice(0, LONGEST_QUESTION)
  const terms = contentTerms(query)
  const words = terms.length > 0 ? terms.map(({ stem }) => stem) : wordsOf(query).map(stemOf)
  return new Set(words.filter((stem) => stem !== ''))
}

async function candidatesOf(
  query: string,
  passages: readonly AnswerPassage[],
  slice: TimeSlice,
): Promise<Candidate[]> {
  const kind = wantedKind(query.slice(0, LONGEST_QUESTION))
  const seen = new Set<string>()
  const candidates: Candidate[] = []
  for (const [rank, { content, referenceId }] of passages.entries()) {
    const sentences = splitSentences(content)
    for (const [place, text] of sentences.entries()) {
      await slice.pause()
      const read = text.slice(0, LONGEST_SENTENCE)
      const stems = new Set(contentTerms(read).map(({ stem }) => stem))
      // Overlapping chunks repeat sentences; headings and fragments answer nothing.
      if (seen.has(text) || stems.size < 2 || /^#{1,6}\s/.test(text)) continue
      seen.add(text)
      const prior = (priorOf(rank, place) * kindBonus(kind, read)) / lengthPenalty(stems.size)
      candidates.push({ text, referenceId, stems, prior, before: sentences[place - 1] ?? null })
    }
  }
  return candidates
}

const priorOf = (rank: number, place: number) => 1 / (1 + 0.08 * rank) + (place === 0 ? 0.05 : 0)
const lengthPenalty = (words: number) => Math.sqrt(Math.max(1, words / USUAL_LENGTH))

/** How much each asked word tells: more, the fewer sentences hold it. */
async function rarityOf(
  asked: ReadonlySet<string>,
  candidates: readonly Candidate[],
  slice: TimeSlice,
): Promise<Map<string, number>> {
  const rarity = new Map<string, number>()
  for (const stem of asked) {
    await slice.pause()
    const holders = candidates.filter(({ stems }) => stems.has(stem)).length
    rarity.set(stem, Math.log(1 + (candidates.length - holders + 0.5) / (holders + 0.5)) + 0.1)
  }
  return rarity
}

interface Ranking {
  readonly taken: ReadonlySet<Candidate>
  readonly told: ReadonlySet<string>
  readonly rarity: ReadonlyMap<string, number>
}

async function bestOf(
  candidates: readonly Candidate[],
  { taken, told, rarity }: Ranking,
  slice: TimeSlice,
): Promise<{ candidate: Candidate; score: number } | null> {
  let best: { candidate: Candidate; score: number } | null = null
  for (const candidate of candidates) {
    if (taken.has(candidate)) continue
    if (slice.isOver) await slice.pause()
    const score = scoreOf(candidate, told, rarity)
    if (score > 0 && (best === null || score > best.score)) best = { candidate, score }
  }
  return best
}

function scoreOf(
  candidate: Candidate,
  told: ReadonlySet<string>,
  rarity: ReadonlyMap<string, number>,
): number {
  let overlap = 0
  let shared = 0
  for (const [stem, worth] of rarity) {
    if (!candidate.stems.has(stem)) continue
    shared++
    overlap += told.has(stem) ? worth * TOLD : worth
  }
  if (shared === 0) return 0
  return overlap * (1 + shared / rarity.size) * candidate.prior
}

type Kind = 'number' | 'name' | null

function wantedKind(query: string): Kind {
  if (WANTS_NUMBER.test(query)) return 'number'
  return WANTS_NAME.test(query) ? 'name' : null
}

/** A question for a time or number is answered by one, a question for a person by a name. */
function kindBonus(kind: Kind, text: string): number {
  if (kind === 'number') return /\p{N}/u.test(text) ? 1.25 : 1
  if (kind === 'name') return /(?<=\S\s)\p{Lu}\p{Ll}/u.test(text) ? 1.15 : 1
  return 1
}

function withAntecedent({ text, before }: Candidate): string {
  const alone = before === null || before.length > 300 || /^[#|]/.test(before)
  return !alone && POINTS_BACK.test(text) ? `${before} ${text}` : text
}
