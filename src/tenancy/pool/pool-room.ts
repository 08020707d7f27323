/** Places that come free when closes under way end, each promised to one workspace. */
export class PoolRoom {
  #free: number
  readonly #promised = new Set<string>()

  constructor(free: number) {
    this.#free = free
  }

  add(): void {
    this.#free += 1
  }

  isPromisedTo(key: string): boolean {
    return this.#promised.has(key)
  }

  promiseTo(key: string): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    this.#promised.add(key)
    return true
  }
}
