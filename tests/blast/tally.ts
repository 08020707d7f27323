/** How often something came. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(what: string | number): void {
    const key = String(what)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** The most frequent first. */
  entries(): [string, number][] {
    return [...this.#counts].sort(([, one], [, other]) => other - one)
  }
}
