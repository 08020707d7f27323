import { RoundedQuery, type RoundedRows } from './rounded-rows.ts'
import { TopHits } from './top-hits.ts'

/** A row that can be among the best, with the bounds of its score. */
export interface Candidate {
  readonly slot: number
  readonly label: number
  readonly atLeast: number
  readonly atMost: number
}

/** What one search through rounded rows has found worth comparing with the vectors themselves. */
export class Shortlist {
  readonly #query: RoundedQuery
  /** Slots, the best by what they score at least. */
  readonly #likely: TopHits
  #candidates: Candidate[] = []

  constructor(vector: Float32Array, limit: number) {
    this.#query = new RoundedQuery(vector)
    this.#likely = new TopHits(limit)
  }

  /**
   * Looks through a block.
   *
   * @param start the slot of its first row
   * @param best what was compared already
   * @param labelOf null for a row that does not count
   */
  look(
    block: RoundedRows,
    start: number,
    best: TopHits,
    labelOf: (slot: number) => number | null,
  ): void {
    const threshold = () => Math.max(this.#likely.threshold, best.threshold)
    block.visit(this.#query, threshold, (row, atLeast, atMost) => {
      const slot = start + row
      const label = labelOf(slot)
      if (label === null) return
      this.#likely.offer(slot, atLeast)
      this.#candidates.push({ slot, label, atLeast, atMost })
    })
  }

  /** Takes out those that will be among the best in all likelihood: what they score rules out others. */
  takeLikely(): Candidate[] {
    const { threshold } = this.#likely
    const likely: Candidate[] = []
    const others: Candidate[] = []
    for (const candidate of this.#candidates) {
      if (candidate.atLeast >= threshold) likely.push(candidate)
      else others.push(candidate)
    }
    this.#candidates = others
    return likely
  }

  /** Takes out some of those that can still be among the best; none when there are no more. */
  takePossible(best: TopHits, most: number): Candidate[] {
    this.#candidates = this.#candidates.filter(({ atMost }) => atMost >= best.threshold)
    return this.#candidates.splice(-most)
  }
}
