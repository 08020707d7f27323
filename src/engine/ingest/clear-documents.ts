import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store.ts'
import type { PublishParts } from './publish-document.ts'

const PAGE = 1_000

/**
 * Forgets every document, with the bytes of those that came as files. Nothing may be taken in
 * meanwhile; files that are being received belong to no document yet and stay.
 */
export async function clearDocuments(parts: PublishParts): Promise<void> {
  const { store, uploadFolder, graphLock } = parts
  const files = await storedFiles(store)
  await graphLock.run(() => store.clear())
  for (const file of files) await rm(join(uploadFolder, file), { force: true })
}

async function storedFiles(store: Store): Promise<string[]> {
  const files: string[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { documents } = await store.listDocuments({
      statuses: null,
      sortField: 'id',
      sortDirection: 'asc',
      offset,
      limit: PAGE,
    })
    for (const { storedFile } of documents) if (storedFile) files.push(storedFile)
    if (documents.length < PAGE) return files
  }
}
