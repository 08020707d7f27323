import type { Generation } from './visibility.ts'

/** What is made of the visible data, and made anew when other data is published. */
export class PerGeneration<T> {
  readonly #generation: Generation
  readonly #make: () => T
  #madeFor = -1
  #made: T | undefined

  constructor(generation: Generation, make: () => T) {
    this.#generation = generation
    this.#make = make
  }

  /** Whoever waits in between asks whether it is still the same. */
  get now(): T {
    const { current } = this.#generation
    if (this.#made === undefined || this.#madeFor !== current) {
      this.#made = this.#make()
      this.#madeFor = current
    }
    return this.#made
  }

  /** What is held in memory: it may be of data that was. */
  get held(): T | undefined {
    return this.#made
  }

  /** For changes that nothing is published of. */
  forget(): void {
    this.#made = undefined
  }
}
