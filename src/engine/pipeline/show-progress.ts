import type { DocStatusResponse } from '../documents/document-calls.ts'
import type { DocumentQueue } from '../ports/document-queue.ts'
import type { DocumentProgress } from './document-progress.ts'

/** The same documents, those that are not done yet with how far they have come. */
export async function showProgress(
  queue: Pick<DocumentQueue, 'positions'>,
  inWork: ReadonlyMap<string, DocumentProgress>,
  documents: readonly DocStatusResponse[],
): Promise<DocStatusResponse[]> {
  const pending = documents.flatMap(({ id, status }) => (status === 'pending' ? id : []))
  const positions = pending.length > 0 ? await queue.positions(pending) : new Map()
  return documents.map((document) => {
    const { id, status, metadata } = document
    if (status !== 'pending' && status !== 'processing') return document
    const now = status === 'processing' ? inWork.get(id)?.now : undefined
    return {
      ...document,
      progress: {
        step: now?.step ?? null,
        done: now?.done ?? 0,
        total: now?.total ?? null,
        attempts: Number(metadata?.attempts ?? 0),
        next_retry_at: textOrNull(metadata?.next_attempt_at),
        queue_position: positions.get(id) ?? null,
        tokens: now?.tokens ?? null,
      },
    }
  })
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
