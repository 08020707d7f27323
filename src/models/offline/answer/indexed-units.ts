import type { AnswerPassage } from '../../../engine/ports/models.ts'
import { stemOf } from '../../../engine/text/stem.ts'
import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import { wordsOf } from '../content-terms.ts'
import { Vocabulary } from './asked-terms.ts'
import { type Unit, unitsOf } from './passage-units.ts'
import type { TimeSlice } from './time-slice.ts'

/** A unit with its words. */
export interface IndexedUnit extends Unit {
  readonly referenceId: string
  /** The place of its passage among all, best first. */
  readonly rank: number
  readonly stems: ReadonlySet<string>
  /** Words of what stands above it and leads into it, with what they are worth beside its own. */
  readonly above: readonly Layer[]
  /** Those of the sentence before. */
  readonly stemsBefore: ReadonlySet<string> | null
}

export interface Layer {
  readonly stems: ReadonlySet<string>
  readonly worth: number
}

export interface UnitIndex {
  readonly units: readonly IndexedUnit[]
  readonly vocabulary: Vocabulary
}

/** In UTF-16 units. A text without a stop is quoted by its first words, and read no further. */
const LONGEST_SENTENCE = 10_000
/** What words above a sentence are worth beside its own. */
const LEAD_IN = 0.9
const INNERMOST = 0.9
const OUTER = 0.75
const FILE_NAME = 0.6
export const SENTENCE_BEFORE = 0.5

/** All units of passages, none twice: overlapping chunks repeat them. */
export async function indexedUnits(
  passages: readonly AnswerPassage[],
  slice: TimeSlice,
): Promise<UnitIndex> {
  const indexer = new Indexer()
  for (const [rank, passage] of passages.entries()) {
    const names = passage.filePath.replace(/\.\p{L}{1,5}$/u, '').replace(/[_.-]/g, ' ')
    const ofFile: Layer = { stems: indexer.stemsOf(names), worth: FILE_NAME }
    for (const unit of unitsOf(passage)) {
      await slice.pause()
      indexer.add(unit, { referenceId: passage.referenceId, rank }, ofFile)
    }
  }
  return indexer
}

interface Section {
  readonly id: number
  readonly headings: readonly string[]
  readonly leadIn: string | null
  readonly ofFile: Layer
  readonly above: readonly Layer[]
}

class Indexer implements UnitIndex {
  readonly units: IndexedUnit[] = []
  readonly vocabulary = new Vocabulary()
  readonly #seen = new Set<string>()
  readonly #paths = new Map<string, number>()
  #section: Section | null = null
  /** Stems of texts that stand above many units. */
  readonly #known = new Map<string, ReadonlySet<string>>()
  /** Stems of words. */
  readonly #stems = new Map<string, string>()
  readonly #told = new Set<string>()

  add(unit: Unit, place: Pick<IndexedUnit, 'referenceId' | 'rank'>, ofFile: Layer): void {
    const { headings, list, before, text } = unit
    const section = this.#sectionOf(headings, list?.leadIn ?? null, ofFile)
    const key = `${section.id} ${text}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const stems = this.stemsOf(text)
    const stemsBefore = before === null ? null : this.stemsOf(before)
    this.units.push({ ...unit, ...place, stems, stemsBefore, above: section.above })
  }

  /** What stands above units, once for all of them; the last one most often stands above the next. */
  #sectionOf(headings: readonly string[], leadIn: string | null, ofFile: Layer): Section {
    const last = this.#section
    if (last?.headings === headings && last.leadIn === leadIn && last.ofFile === ofFile) return last
    const path = `${headings.join('\n')}\n\n${leadIn ?? ''}`
    const id = this.#paths.get(path) ?? this.#paths.size
    this.#paths.set(path, id)
    const above = headings.map((heading, at) => ({
      stems: this.stemsOf(heading),
      worth: at === headings.length - 1 ? INNERMOST : OUTER,
    }))
    if (leadIn !== null) above.push({ stems: this.stemsOf(leadIn), worth: LEAD_IN })
    this.#section = { id, headings, leadIn, ofFile, above: [...above, ofFile] }
    return this.#section
  }

  stemsOf(text: string): ReadonlySet<string> {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const stems = stemsOf(text, this.#stems)
    this.#known.set(text, stems)
    for (const stem of stems) {
      if (this.#told.has(stem)) continue
      this.#told.add(stem)
      this.vocabulary.add(stem)
    }
    return stems
  }
}

/** @param known stems of words that were met before */
export function stemsOf(text: string, known: Map<string, string> = new Map()): Set<string> {
  const stems = new Set<string>()
  for (const word of wordsOf(text.slice(0, LONGEST_SENTENCE))) {
    let stem = known.get(word)
    if (stem === undefined) {
      stem = STOP_WORDS.has(word.toLowerCase()) ? '' : stemOf(word)
      known.set(word, stem)
    }
    if (stem !== '') stems.add(stem)
  }
  return stems
}
