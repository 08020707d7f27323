import type { Store } from '../ports/store.ts'
import type { ResetStatus, ResetStatusResponse } from './document-calls.ts'

const NOTE = 'Set to failed on request.'

/** Sets the status of documents by hand. What they hold stays, and no work begins. */
export async function resetStatus(
  store: Store,
  { doc_ids, target_status = 'pending' }: ResetStatus,
): Promise<ResetStatusResponse> {
  const failed: string[] = []
  for (const id of doc_ids) {
    const reset =
      target_status === 'pending' ? await toPending(store, id) : await toFailed(store, id)
    if (!reset) failed.push(id)
  }
  const count = doc_ids.length - failed.length
  return {
    status: failed.length === 0 ? 'success' : count === 0 ? 'failed' : 'partial',
    message:
      `${count} document(s) are ${target_status} now.` +
      (failed.length === 0 ? '' : ` ${failed.length} are unknown or being processed.`),
    reset_count: count,
    failed_ids: failed,
  }
}

async function toPending(store: Store, id: string): Promise<boolean> {
  if ((await store.queue.requeueFailed([id])) > 0 || (await store.queue.requeueProcessed(id)))
    return true
  return (await store.documents.byId(id))?.status === 'pending'
}

async function toFailed(store: Store, id: string): Promise<boolean> {
  const document = await store.documents.byId(id)
  // Who processes a document says itself how that ends.
  if (document === null || document.status === 'processing') return false
  await store.queue.endAttempt(id, document.revision, { status: 'failed', errorMsg: NOTE }, null)
  return true
}
