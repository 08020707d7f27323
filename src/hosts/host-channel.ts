import {
  type CarriedError,
  carriedError,
  type ErrorClasses,
  restoredError,
} from '../threads/carried-error.ts'

type Method = (...args: never[]) => unknown
type Name<Calls> = keyof Calls & string
type Args<Calls, K extends keyof Calls> = Parameters<Extract<Calls[K], Method>>
type Answer<Calls, K extends keyof Calls> = Awaited<ReturnType<Extract<Calls[K], Method>>>

/** One end of a pipe between two processes; `process` has this, and so has a child. */
export interface ChannelEnd {
  send?: ((message: ChannelMessage, callback: (error: Error | null) => void) => boolean) | undefined
  on(event: 'message', listener: (message: ChannelMessage) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
}

export type ChannelMessage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: unknown[] }
  | { readonly kind: 'tell'; readonly name: string; readonly args: unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: CarriedError }

/** The other process is no more, or does not listen any more. */
export class ChannelClosed extends Error {
  override readonly name = 'ChannelClosed'
}

export interface HostChannelOptions<Ours extends object> {
  /** What the other process may call here. */
  readonly calls: Ours
  /** Of errors that are to come over with their class. */
  readonly errors: ErrorClasses
  /** Told of a call without an answer that failed. */
  readonly onError: (error: unknown) => void
  /** Called when the other process is gone, before anybody who waits for it is told. */
  readonly onClose?: () => void
}

interface Asked {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Calls between two processes, in both directions, in the order in which they were made. All that
 * they take and return is data; errors come over with class, code and details.
 */
export class HostChannel<Ours extends object, Theirs extends object> {
  readonly #end: ChannelEnd
  readonly #options: HostChannelOptions<Ours>
  readonly #asked = new Map<number, Asked>()
  #nextId = 0
  #isClosed = false

  constructor(end: ChannelEnd, options: HostChannelOptions<Ours>) {
    this.#end = end
    this.#options = options
    end.on('message', (message) => this.#hear(message))
    end.on('disconnect', () => this.close())
  }

  /** @throws what the other process threw, {@link ChannelClosed} */
  call<K extends Name<Theirs>>(name: K, ...args: Args<Theirs, K>): Promise<Answer<Theirs, K>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw new ChannelClosed('The other process has ended')
      const id = this.#nextId++
      this.#asked.set(id, { resolve: (answer) => resolve(answer as Answer<Theirs, K>), reject })
      this.#send({ kind: 'call', id, name, args })
    })
  }

  /** Calls without waiting, and without hearing what came of it. */
  tell<K extends Name<Theirs>>(name: K, ...args: Args<Theirs, K>): void {
    if (!this.#isClosed) this.#send({ kind: 'tell', name, args })
  }

  /** Everybody who waits is told that nobody answers any more. */
  close(): void {
    this.#options.onClose?.()
    this.#isClosed = true
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of asked) reject(new ChannelClosed('The other process has ended'))
  }

  #send(message: ChannelMessage): void {
    this.#end.send?.(message, (error) => {
      if (error) this.close()
    })
  }

  #hear(message: ChannelMessage): void {
    if (message.kind === 'call') void this.#answer(message.id, message.name, message.args)
    else if (message.kind === 'tell') {
      this.#run(message.name, message.args).catch(this.#options.onError)
    } else {
      const asked = this.#asked.get(message.id)
      this.#asked.delete(message.id)
      if (message.kind === 'answer') asked?.resolve(message.answer)
      else asked?.reject(restoredError(message.error, this.#options.errors))
    }
  }

  async #answer(id: number, name: string, args: unknown[]): Promise<void> {
    const said = await this.#run(name, args).then(
      (answer): ChannelMessage => ({ kind: 'answer', id, answer }),
      (error: unknown): ChannelMessage => ({ kind: 'error', id, error: carriedError(error) }),
    )
    if (!this.#isClosed) this.#send(said)
  }

  async #run(name: string, args: unknown[]): Promise<unknown> {
    const { calls } = this.#options
    const method: unknown = Reflect.get(calls, name)
    if (typeof method !== 'function') throw new TypeError(`Nobody here answers to ${name}`)
    return Reflect.apply(method, calls, args)
  }
}
