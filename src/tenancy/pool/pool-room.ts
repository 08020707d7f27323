/** Places that come free when closes under way end, each reserved to one workspace. */
export class PoolRoom {
  #free: number
  readonly #reserved = new Set<string>()

  constructor(free: number) {
    this.#free = free
  }

  add(): void {
    this.#free += 1
  }

  isReservedFor(key: string): boolean {
    return this.#reserved.has(key)
  }

  reserveFor(key: string): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    this.#reserved.add(key)
    return true
  }
}
