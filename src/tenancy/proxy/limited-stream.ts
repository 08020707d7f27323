/** A stream that gives a right back once: when it ended, failed, was left, or was never read. */
export class LimitedStream implements AsyncIterableIterator<unknown> {
  readonly #inner: AsyncIterator<unknown>
  readonly #release: () => void
  readonly #abandonTimer: NodeJS.Timeout

  constructor(inner: AsyncIterable<unknown>, release: () => void, abandonAfterMs: number) {
    this.#inner = inner[Symbol.asyncIterator]()
    this.#release = release
    this.#abandonTimer = setTimeout(() => {
      this.return().catch(() => undefined)
    }, abandonAfterMs).unref()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown>> {
    clearTimeout(this.#abandonTimer)
    try {
      const step = await this.#inner.next()
      if (step.done === true) this.#end()
      return step
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    try {
      return (await this.#inner.return?.(value)) ?? { done: true, value }
    } finally {
      this.#end()
    }
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown>> {
    try {
      if (this.#inner.throw !== undefined) return await this.#inner.throw(error)
      await this.#inner.return?.()
      throw error
    } finally {
      this.#end()
    }
  }

  #end(): void {
    clearTimeout(this.#abandonTimer)
    this.#release()
  }
}
