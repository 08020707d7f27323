import type { Hit } from '../../engine/ports/searches.ts'
import type { Key } from '../../engine/ports/stored-rows.ts'

/** Keeps the best `limit` of all that is offered. Among equals the smaller key is better. */
export class TopHits {
  readonly #limit: number
  /** A heap whose root is the worst kept: scores, and beside them their keys. */
  readonly #scores: number[] = []
  readonly #keys: Key[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** An offer of a lower score would not be kept. */
  get threshold(): number {
    return this.#scores.length < this.#limit ? -Infinity : (this.#scores[0] ?? Infinity)
  }

  offer(key: Key, score: number): void {
    const scores = this.#scores
    if (scores.length < this.#limit) {
      scores.push(score)
      this.#keys.push(key)
      this.#rise(scores.length - 1, key, score)
      return
    }
    const [worst, worstKey] = [scores[0], this.#keys[0]]
    if (worst === undefined || worstKey === undefined) return
    if (isWorse(worst, worstKey, score, key)) this.#sink(key, score)
  }

  /** Best first. */
  sorted(): Hit[] {
    return this.#scores
      .map((score, at) => ({ key: this.#keys[at] ?? 0, score }))
      .sort((a, b) => b.score - a.score || a.key - b.key)
  }

  /** Puts a hit in a place or above it, where all above are worse than what is below them. */
  #rise(from: number, key: Key, score: number): void {
    const [scores, keys] = [this.#scores, this.#keys]
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      const [above, aboveKey] = [scores[parent] ?? 0, keys[parent] ?? 0]
      if (!isWorse(score, key, above, aboveKey)) break
      scores[at] = above
      keys[at] = aboveKey
      at = parent
    }
    scores[at] = score
    keys[at] = key
  }

  /** Puts a hit in the place of the root or below it. */
  #sink(key: Key, score: number): void {
    const [scores, keys] = [this.#scores, this.#keys]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= scores.length) break
      const other = child + 1
      if (
        other < scores.length &&
        isWorse(scores[other] ?? 0, keys[other] ?? 0, scores[child] ?? 0, keys[child] ?? 0)
      ) {
        child = other
      }
      const [below, belowKey] = [scores[child] ?? 0, keys[child] ?? 0]
      if (!isWorse(below, belowKey, score, key)) break
      scores[at] = below
      keys[at] = belowKey
      at = child
    }
    scores[at] = score
    keys[at] = key
  }
}

function isWorse(score: number, key: Key, than: number, thanKey: Key): boolean {
  return score < than || (score === than && key > thanKey)
}
