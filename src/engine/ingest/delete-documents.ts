import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareChange } from './prepare-change.ts'
import { changeParts, type PublishParts } from './publish-document.ts'

/**
 * Removes one document and everything that only it said; what it shared with others is computed
 * again from what they say.
 *
 * @returns the label of the document, or null when there is none of this id
 */
export async function deleteDocument(
  parts: PublishParts,
  documentId: string,
): Promise<string | null> {
  const { store, uploadFolder, graphLock } = parts
  return graphLock.run(async () => {
    const document = await store.document(documentId)
    if (!document) return null
    const removes = [{ documentId, forget: true }]
    const change = await prepareChange(changeParts(parts), removes, null, { lane: 'summary' })
    await store.apply(change)
    // The bytes of an upload have no name of the caller's; nobody could find them again.
    if (document.storedFile) await rm(join(uploadFolder, document.storedFile), { force: true })
    return document.filePath
  })
}
