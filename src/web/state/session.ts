import type { Credential } from '../api/http-client.ts'
import { isRecord } from './view-state.ts'

/** Who works in this tab, and by what. */
export interface Session {
  readonly credential: Credential
  /** Name of the account, or of what stands for it. */
  readonly account: string
}

export type SessionState =
  | { readonly phase: 'starting' }
  /** `ended`: whoever was here has to sign in again, and finds all as it was. */
  | { readonly phase: 'signed-out'; readonly ended: boolean }
  | { readonly phase: 'signed-in'; readonly session: Session }

export interface TabStorage {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
  readonly length: number
  key(index: number): string | null
}

/** Speaks to the other tabs of this origin. */
export interface TabChannel {
  postMessage(message: unknown): void
  /** Who hears what the others say. */
  listen(hear: (data: unknown) => void): void
}

const KEY = 'lightrag:session'
const OURS = 'lightrag:'

/**
 * The session of a tab: in memory and in the storage of the tab, never in one that outlives it. A tab
 * that opens asks the others; signing out in one signs out all.
 */
export class SessionStore {
  readonly #storage: TabStorage
  readonly #channel: TabChannel
  readonly #listeners = new Set<() => void>()
  #state: SessionState = { phase: 'starting' }
  /** Called before what the tab kept is removed. */
  onSignOut: () => void = () => undefined

  constructor(storage: TabStorage, channel: TabChannel) {
    this.#storage = storage
    this.#channel = channel
    channel.listen((data) => this.#hear(data))
    const kept = readSession(parsed(storage.getItem(KEY)))
    if (kept !== undefined) this.#state = { phase: 'signed-in', session: kept }
    else channel.postMessage({ type: 'who' })
  }

  get = (): SessionState => this.#state

  get credential(): Credential {
    return this.#state.phase === 'signed-in' ? this.#state.session.credential : { kind: 'none' }
  }

  /** @returns ends it */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  signIn(session: Session): void {
    this.#storage.setItem(KEY, JSON.stringify(session))
    this.#become({ phase: 'signed-in', session })
  }

  /** A token in place of the one of the session. */
  renew(token: string): void {
    if (this.#state.phase !== 'signed-in' || this.#state.session.credential.kind !== 'token') return
    this.signIn({ ...this.#state.session, credential: { kind: 'token', token } })
  }

  /** Nobody is signed in, and nobody was. */
  needed(): void {
    this.#become({ phase: 'signed-out', ended: false })
  }

  /** The server no longer takes the credential: what the tab remembers stays. */
  expire(): void {
    if (this.#state.phase !== 'signed-in') return
    this.#storage.removeItem(KEY)
    this.#become({ phase: 'signed-out', ended: true })
  }

  /** In all tabs; nothing of it stays. */
  signOut(): void {
    this.#channel.postMessage({ type: 'out' })
    this.#leave()
  }

  #leave(): void {
    this.onSignOut()
    const keys = Array.from({ length: this.#storage.length }, (_, i) => this.#storage.key(i))
    for (const key of keys) if (key?.startsWith(OURS) === true) this.#storage.removeItem(key)
    this.#become({ phase: 'signed-out', ended: false })
  }

  #hear(data: unknown): void {
    if (!isRecord(data)) return
    if (data.type === 'out' && this.#state.phase === 'signed-in') this.#leave()
    if (data.type === 'who' && this.#state.phase === 'signed-in') {
      if (this.#state.session.credential.kind === 'none') return
      this.#channel.postMessage({ type: 'session', session: this.#state.session })
    }
    if (data.type === 'session' && this.#state.phase !== 'signed-in') {
      const session = readSession(data.session)
      if (session !== undefined) this.signIn(session)
    }
  }

  #become(state: SessionState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function readSession(value: unknown): Session | undefined {
  if (!isRecord(value) || !isRecord(value.credential)) return undefined
  const account = textIn(value, 'account')
  const credential = readCredential(value.credential)
  return account === undefined || credential === undefined ? undefined : { account, credential }
}

function readCredential(fields: Readonly<Record<string, unknown>>): Credential | undefined {
  const { kind } = fields
  const [token, key] = [textIn(fields, 'token'), textIn(fields, 'key')]
  if (kind === 'token' && token !== undefined) return { kind, token }
  if (kind === 'key' && key !== undefined) return { kind, key }
  return kind === 'none' ? { kind } : undefined
}

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' ? value : undefined
}
