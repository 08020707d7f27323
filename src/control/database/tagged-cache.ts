import { LRUCache } from 'lru-cache'

interface Entry<V> {
  readonly value: V
  readonly tags: readonly string[]
}

/** Values that are forgotten by what they were made of: each has tags, and a tag can be dropped. */
export class TaggedCache<V extends object> {
  readonly #keysOf = new Map<string, Set<string>>()
  readonly #entries: LRUCache<string, Entry<V>>
  #generation = 0

  constructor(max: number) {
    this.#entries = new LRUCache({
      max,
      dispose: ({ tags }, key) => this.#untag(key, tags),
    })
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /**
   * The value of a key, made when need be. One that was made while something changed is given to
   * its caller, who asked before that, and not kept.
   */
  async getOr(
    key: string,
    make: () => Promise<{ readonly value: V; readonly tags: readonly string[] } | undefined>,
  ): Promise<V | undefined> {
    const known = this.get(key)
    if (known !== undefined) return known
    const generation = this.#generation
    const made = await make()
    if (made !== undefined && generation === this.#generation) this.#set(key, made)
    return made?.value
  }

  drop(tag: string): void {
    this.#generation += 1
    for (const key of [...(this.#keysOf.get(tag) ?? [])]) this.#entries.delete(key)
  }

  clear(): void {
    this.#generation += 1
    this.#entries.clear()
  }

  #set(key: string, entry: Entry<V>): void {
    this.#entries.set(key, entry)
    for (const tag of entry.tags) {
      const keys = this.#keysOf.get(tag) ?? new Set<string>()
      this.#keysOf.set(tag, keys.add(key))
    }
  }

  #untag(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.#keysOf.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysOf.delete(tag)
    }
  }
}
