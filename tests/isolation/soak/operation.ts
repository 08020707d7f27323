import type { Leaving, SoakCall } from './client.ts'

/** One request of a workspace's owner, and what is to come back. */
export interface Operation {
  /** Counted under this name. */
  readonly kind: string
  readonly call: SoakCall
  /** Unless a 503 asks to come again; 200 unless given. */
  readonly statuses?: readonly number[]
  /** The call reaches for what is somebody else's, whose words it holds. */
  readonly intrudes?: true
  /** Takes note of a foreseen answer; says what is wrong with it, if anything is. */
  readonly heed?: (text: string) => string | undefined
  /** Takes back what was assumed: the server had no room, and did nothing. */
  readonly undo?: () => void
  readonly leaving?: Leaving
}

export const get = (path: string): SoakCall => ({ method: 'GET', path })
export const post = (path: string, body?: object): SoakCall =>
  body === undefined ? { method: 'POST', path } : { method: 'POST', path, body }

/** Heeds an answer that has to hold one of these words. */
export function holdsOneOf(words: readonly string[]): (text: string) => string | undefined {
  return (text) => {
    if (words.some((word) => text.includes(word))) return undefined
    return `held none of ${words.join(', ')}`
  }
}

/** Heeds an answer that has to be of this status, in the JSON of its body. */
export function saysStatus(wanted: string): (text: string) => string | undefined {
  return (text) => {
    const { status } = JSON.parse(text)
    return status === wanted ? undefined : `said "${status}"`
  }
}
