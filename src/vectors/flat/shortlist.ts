import { TopHits } from '../kernel/top-hits.ts'
import { RoundedQuery, type RoundedRows, type RoundedScores } from './rounded-rows.ts'

/** Rows that one search has multiplied, and the slot of the first. */
interface Block {
  readonly start: number
  readonly scores: RoundedScores
}

/** A row that can be among the best, with the greatest that its score can be. */
interface Candidate {
  readonly slot: number
  readonly atMost: number
}

/** What one search through rounded rows has found worth comparing with the vectors themselves. */
export class Shortlist {
  readonly #query: RoundedQuery
  readonly #counts: (slot: number) => boolean
  /** Slots, the best by their rounded scores. */
  readonly #likely: TopHits
  readonly #blocks: Block[] = []
  #compared = new Set<number>()
  #candidates: Candidate[] | null = null

  /** @param counts whether the row in a slot does */
  constructor(vector: Float32Array, limit: number, counts: (slot: number) => boolean) {
    this.#counts = counts
    this.#query = new RoundedQuery(vector)
    this.#likely = new TopHits(limit)
  }

  /**
   * Looks through a block.
   *
   * @param start the slot of its first row
   * @param best what was compared already
   */
  look(block: RoundedRows, start: number, best: TopHits): void {
    const scores = block.compare(this.#query)
    this.#blocks.push({ start, scores })
    const threshold = () => Math.max(this.#likely.threshold, best.threshold)
    scores.visitLikely(threshold, (row, product) => {
      if (this.#counts(start + row)) this.#likely.offer(start + row, product)
    })
  }

  /** Slots that will be among the best in all likelihood: what they score rules out others. */
  takeLikely(): number[] {
    const slots = this.#likely.sorted().map(({ key }) => key)
    this.#compared = new Set(slots)
    return slots
  }

  /** Some other slots that can still be among the best, each once; none when there are no more. */
  takePossible(best: TopHits, most: number): number[] {
    this.#candidates ??= this.#possible(best.threshold)
    this.#candidates = this.#candidates.filter(({ atMost }) => atMost >= best.threshold)
    return this.#candidates.splice(-most).map(({ slot }) => slot)
  }

  #possible(threshold: number): Candidate[] {
    const found: Candidate[] = []
    // Fewer rows than are wanted: all that count have been taken for likely.
    if (Math.max(threshold, this.#likely.threshold) === -Infinity) return found
    for (const { start, scores } of this.#blocks) {
      scores.visitPossible(threshold, (row, atMost) => {
        const slot = start + row
        if (!this.#compared.has(slot) && this.#counts(slot)) found.push({ slot, atMost })
      })
    }
    return found
  }
}
