import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareChange } from './prepare-change.ts'
import { changeParts, type PublishParts } from './publish-document.ts'

/**
 * Removes a document whose deletion was promised, and everything that only it said; what it shared
 * with others is computed again from what they say.
 *
 * @returns the label of the document, or null when none of this id is to be deleted
 */
export async function deletePromised(
  parts: PublishParts,
  documentId: string,
): Promise<string | null> {
  const { store, uploadFolder, graphLock } = parts
  return graphLock.run(async () => {
    // Under the lock: by now it may be gone, and its id that of a newcomer with the same text.
    const document = (await store.isDeletionScheduled(documentId))
      ? await store.document(documentId)
      : null
    if (!document) return null
    const removes = [{ documentId, forget: true }]
    const change = await prepareChange(changeParts(parts), removes, null, { lane: 'summary' })
    await store.apply(change)
    // The bytes of an upload have no name of the caller's; nobody could find them again.
    if (document.storedFile) await rm(join(uploadFolder, document.storedFile), { force: true })
    return document.filePath
  })
}
