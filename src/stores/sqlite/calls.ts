import { EngineError } from '../../engine/ports/engine-error.ts'
import type { Connection } from './database/connection.ts'
import { asStoreError } from './database/sqlite-errors.ts'

/** The methods of a part of the store, each as a call that is answered later. */
export type Called<Part> = {
  readonly [Name in keyof Part as Part[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: Part[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

type Call = <T>(work: () => T | Promise<T>) => Promise<T>

/** What every call of a store goes through, whatever it asks for. */
export class Calls {
  readonly #connection: Connection
  #isOpen = true

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Refuses calls from now on; those under way end as they can. */
  end(): void {
    this.#isOpen = false
  }

  /** Refuses when closed, and gives failures of the storage their meaning. */
  readonly run: Call = async (work) => {
    this.refuseIfClosed()
    const noted = this.#connection.noted
    try {
      const result = await work()
      if (this.#connection.noted !== noted) {
        await this.#connection.synced()
        await this.#connection.roomInLog()
      }
      return result
    } catch (error) {
      // Work that was under way finds its connection closed between two slices.
      if (!(error instanceof EngineError)) this.refuseIfClosed(error)
      throw asStoreError(error)
    }
  }

  /** Tells of no document that a power cut could still take: it may be taken for a promise. */
  readonly told: Call = (work) =>
    this.run(async () => {
      const result = await work()
      await this.#connection.synced()
      return result
    })

  refuseIfClosed(cause?: unknown): void {
    if (this.#isOpen) return
    throw new EngineError('engine_closed', 'This workspace was closed', { cause })
  }
}

/** Wraps each method of a part, those of its class included; what is no method is left out. */
export function called<Part extends object>(part: Part, call: Call): Called<Part> {
  const methods: Record<string, unknown> = {}
  for (let level: object = part; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value !== 'function' || name === 'constructor' || name in methods) continue
      methods[name] = (...args: unknown[]) => call(() => value.apply(part, args))
    }
  }
  return methods as Called<Part>
}
