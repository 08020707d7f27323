/** Workers of one run: who finds nothing to do rests as long as another works, and may be woken. */
export class WorkerGroup {
  #working: number
  #resting: ((goOn: boolean) => void)[] = []

  /** @param size workers, all of them working at first */
  constructor(size: number) {
    this.#working = size
  }

  /** Resolves to true when there may be work again, to false when nobody works any more. */
  rest(): Promise<boolean> {
    this.leave()
    if (this.#working === 0) return Promise.resolve(false)
    return new Promise((resolve) => this.#resting.push(resolve))
  }

  /** Ends the work of one for good. */
  leave(): void {
    this.#working--
    if (this.#working === 0) this.#release(false)
  }

  wake(): void {
    this.#working += this.#resting.length
    this.#release(true)
  }

  #release(goOn: boolean): void {
    for (const resolve of this.#resting.splice(0)) resolve(goOn)
  }
}
