import type { Hit, Key } from '../../engine/store.ts'

/** Keeps the best `limit` of all that is offered. Among equals the smaller key is better. */
export class TopHits {
  readonly #limit: number
  /** A heap whose root is the worst kept. */
  readonly #heap: Hit[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** An offer of a lower score would not be kept. */
  get threshold(): number {
    return this.#heap.length < this.#limit ? -Infinity : (this.#heap[0]?.score ?? Infinity)
  }

  offer(key: Key, score: number): void {
    const hit = { key, score }
    if (this.#heap.length < this.#limit) {
      this.#heap.push(hit)
      this.#rise(this.#heap.length - 1)
      return
    }
    const worst = this.#heap[0]
    if (worst === undefined || byScore(hit, worst) >= 0) return
    this.#heap[0] = hit
    this.#sink(0)
  }

  /** Best first. */
  sorted(): Hit[] {
    return this.#heap.toSorted(byScore)
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfWorse(at, parent)) return
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      let worst = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (this.#isWorse(child, worst)) worst = child
      }
      if (worst === at || !this.#swapIfWorse(worst, at)) return
      at = worst
    }
  }

  #isWorse(a: number, b: number): boolean {
    const x = this.#heap[a]
    const y = this.#heap[b]
    return x !== undefined && y !== undefined && byScore(x, y) > 0
  }

  #swapIfWorse(a: number, b: number): boolean {
    const x = this.#heap[a]
    const y = this.#heap[b]
    if (x === undefined || y === undefined || byScore(x, y) <= 0) return false
    this.#heap[a] = y
    this.#heap[b] = x
    return true
  }
}

/** Best first. */
function byScore(a: Hit, b: Hit): number {
  return b.score - a.score || a.key - b.key
}
