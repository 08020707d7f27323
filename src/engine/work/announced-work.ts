/** Work that may hold the event loop. */
export interface Work {
  readonly workspace: string
  /** What is done: the method that was called, a step of a document, or {@link OPENING}. */
  readonly stage: string
  /** The request that called, by the id that its server gave it. */
  readonly request?: string | undefined
  /** The document that is worked on, whoever asked for that. */
  readonly document?: string | undefined
}

/** The stage in which files are read that were made of others, and can be made again. */
export const OPENING = 'open'

type Listener = (work: Work | null) => void

let now: Work | null = null
let listeners: readonly Listener[] = []

/**
 * Has `heard` called with each work before it runs, and when it goes on after a wait, so that somebody
 * outside the event loop can tell who held it when it stood still, and its time can be shared among
 * those it worked for.
 *
 * @returns ends it
 */
export function hearOfWork(heard: Listener): () => void {
  listeners = [...listeners, heard]
  return () => {
    listeners = listeners.filter((listener) => listener !== heard)
  }
}

/** Says what runs from now until it next waits; null for nothing in particular. */
export function announce(work: Work | null): void {
  now = work
  for (const listener of listeners) listener(work)
}

/** Says that work is over, unless other work was announced since. */
export function announceEnd(work: Work): void {
  if (now === work) announce(null)
}

/** What was announced last. */
export function announced(): Work | null {
  return now
}

/** Waits, and announces again what was announced before: others may have run meanwhile. */
export async function comeBack<T>(wait: Promise<T>): Promise<T> {
  const work = now
  try {
    return await wait
  } finally {
    announce(work)
  }
}

/** Announces what opens a workspace, or a part of it: whoever asks first is no cause of what is in a file. */
export async function asOpening<T>(workspace: string | undefined, open: () => Promise<T>) {
  const asker = now
  if (workspace !== undefined) announce({ workspace, stage: OPENING })
  try {
    return await open()
  } finally {
    announce(asker)
  }
}
