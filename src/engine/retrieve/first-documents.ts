import type { Store } from '../ports/store.ts'

interface Sourced {
  /** Ids of chunks, in canonical order. */
  readonly sourceIds: readonly string[]
}

/** The id of the document that an entity or relation comes from first; null where there is none. */
export type FirstDocuments = (item: Sourced) => string | null

/** Looks up the documents of the first sources of these items. */
export async function firstDocuments(
  { documents }: Pick<Store, 'documents'>,
  items: readonly Sourced[],
): Promise<FirstDocuments> {
  const ids = await documents.documentsOfChunks(
    items.flatMap(({ sourceIds }) => sourceIds[0] ?? []),
  )
  return ({ sourceIds }) => ids.get(sourceIds[0] ?? '') ?? null
}
