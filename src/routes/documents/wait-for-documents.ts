import { setTimeout as sleep } from 'node:timers/promises'
import type { DocStatusResponse, InsertResponse } from '../../engine/documents/document-calls.ts'
import type { Rag } from '../../engine/rag.ts'

/** Longest wait that a caller may ask for, in seconds. */
export const LONGEST_WAIT = 300

/** Between two looks, in milliseconds: short at first, for a small document takes no longer. */
const FIRST_LOOK = 25
const LAST_LOOK = 1000

export interface InsertedDocuments extends InsertResponse {
  /** How far the documents came; only where a caller waited for them. */
  readonly documents?: readonly DocStatusResponse[] | undefined
}

/**
 * What an insert answered, once its documents are processed or failed, or the time is over.
 *
 * The workspace is asked again and again, and not held meanwhile: a caller that waits for a document
 * keeps no engine from making room for another.
 *
 * @param seconds 0 answers at once
 * @param signal ends the wait with the client's connection
 */
export async function waitForDocuments(
  rag: Pick<Rag, 'trackStatus'>,
  inserted: InsertResponse,
  seconds: number,
  signal: AbortSignal,
): Promise<InsertedDocuments> {
  if (seconds === 0) return inserted
  const end = performance.now() + seconds * 1000
  for (let pause = FIRST_LOOK; ; pause = Math.min(pause * 2, LAST_LOOK)) {
    const { documents } = await rag.trackStatus(inserted.track_id)
    const isDone = documents.every(({ status }) => status === 'processed' || status === 'failed')
    const left = end - performance.now()
    if (isDone || left <= 0 || signal.aborted) return { ...inserted, documents }
    await sleep(Math.min(pause, left), undefined, { signal }).catch(() => undefined)
  }
}
