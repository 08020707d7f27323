import type { Place } from '../api/http-client.ts'

export type UploadState = 'waiting' | 'sending' | 'taken' | 'known' | 'failed' | 'lost'

export interface Upload {
  readonly id: number
  readonly name: string
  readonly size: number
  readonly state: UploadState
  /** What went wrong. */
  readonly error: unknown
  readonly place: Place
}

export interface UploadOrder {
  readonly file: File
  /** As it is to be called; folders come as paths. */
  readonly name: string
}

/** Sends one file; says whether it was new. */
export type Send = (
  place: Place,
  file: File,
  signal: AbortSignal,
  replaces: boolean,
) => Promise<'taken' | 'known'>

interface Entry {
  upload: Upload
  readonly file: File | undefined
  readonly abort: AbortController
  replaces: boolean
}

const AT_ONCE = 3
const KEY = 'lightrag:uploads'
const MOST_REMEMBERED = 500

/**
 * Files on their way to the server, a few at a time. They go on while other pages are looked at; what
 * a reload cuts off is remembered by name, so that nothing is lost without a word.
 */
export class UploadQueue {
  readonly #send: Send
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly #onDone: (place: Place) => void
  readonly #listeners = new Set<() => void>()
  #entries: readonly Entry[] = []
  #shown: readonly Upload[] = []
  #next = 0

  constructor(
    send: Send,
    storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    onDone: (place: Place) => void,
  ) {
    this.#send = send
    this.#storage = storage
    this.#onDone = onDone
    this.#entries = this.#remembered()
    this.#changed()
  }

  get = (): readonly Upload[] => this.#shown

  /** @returns ends it */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get isBusy(): boolean {
    return this.#entries.some(({ upload }) => isOpen(upload.state))
  }

  add(place: Place, orders: readonly UploadOrder[]): void {
    const added = orders.map(({ file, name }): Entry => {
      this.#next += 1
      const named = name === file.name ? file : new File([file], name, { type: file.type })
      const about = { id: this.#next, name, size: file.size, place, error: undefined }
      return {
        upload: { ...about, state: 'waiting' },
        file: named,
        abort: new AbortController(),
        replaces: false,
      }
    })
    this.#entries = [...this.#entries, ...added]
    this.#go()
  }

  /** Once more; `replaces` puts it in the place of what has its name. */
  retry(id: number, replaces = false): void {
    const entry = this.#entries.find(({ upload }) => upload.id === id)
    if (entry?.file === undefined || isOpen(entry.upload.state)) return
    entry.replaces = replaces
    entry.upload = { ...entry.upload, state: 'waiting', error: undefined }
    this.#go()
  }

  /** Stops it if it is still on its way, and forgets it. */
  remove(id: number): void {
    for (const { upload, abort } of this.#entries) if (upload.id === id) abort.abort()
    this.#entries = this.#entries.filter(({ upload }) => upload.id !== id)
    this.#go()
  }

  /** Forgets what is over and well. */
  clearDone(): void {
    this.#entries = this.#entries.filter(
      ({ upload: { state } }) => state !== 'taken' && state !== 'known',
    )
    this.#changed()
  }

  /** On signing out. */
  stop(): void {
    for (const { abort } of this.#entries) abort.abort()
    this.#entries = []
    this.#changed()
  }

  #go(): void {
    const sending = this.#entries.filter(({ upload }) => upload.state === 'sending').length
    const next = this.#entries.filter(({ upload }) => upload.state === 'waiting')
    for (const entry of next.slice(0, AT_ONCE - sending)) void this.#run(entry)
    this.#changed()
  }

  async #run(entry: Entry): Promise<void> {
    const { file, abort } = entry
    if (file === undefined) return
    entry.upload = { ...entry.upload, state: 'sending' }
    try {
      const state = await this.#send(entry.upload.place, file, abort.signal, entry.replaces)
      entry.upload = { ...entry.upload, state }
      this.#onDone(entry.upload.place)
    } catch (error) {
      entry.upload = { ...entry.upload, state: 'failed', error }
    }
    this.#go()
  }

  #changed(): void {
    this.#shown = this.#entries.map(({ upload }) => upload)
    const open = this.#shown.filter(({ state }) => isOpen(state) || state === 'lost')
    try {
      if (open.length === 0) this.#storage.removeItem(KEY)
      else this.#storage.setItem(KEY, JSON.stringify(open.slice(0, MOST_REMEMBERED)))
    } catch {
      // Without room nothing can be remembered.
    }
    for (const listener of this.#listeners) listener()
  }

  #remembered(): Entry[] {
    try {
      const kept = JSON.parse(this.#storage.getItem(KEY) ?? '[]') as readonly Upload[]
      return kept.slice(0, MOST_REMEMBERED).map((upload): Entry => {
        this.#next += 1
        const { name, size, place } = upload
        return {
          upload: { id: this.#next, name, size, place, state: 'lost', error: undefined },
          file: undefined,
          abort: new AbortController(),
          replaces: false,
        }
      })
    } catch {
      return []
    }
  }
}

function isOpen(state: UploadState): boolean {
  return state === 'waiting' || state === 'sending'
}
