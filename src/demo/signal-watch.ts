const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Holds Ctrl-C and a polite kill back from ending the process until `stop` is called. */
export class SignalWatch {
  /** Resolves at the first signal, and never without one. */
  readonly first: Promise<void>
  #listener = (): void => {}

  constructor() {
    this.first = new Promise((resolve) => {
      this.#listener = resolve
    })
    for (const signal of SIGNALS) process.on(signal, this.#listener)
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener)
  }
}
