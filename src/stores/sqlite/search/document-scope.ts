import type { JsonObject } from '../../../engine/ports/document-record.ts'
import type { DocumentFilter } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { inSlices, type Steps } from '../../../vectors/slices.ts'
import type { Connection } from '../database/connection.ts'
import { hasAttributes } from '../tables/document-filter.ts'
import type { Tables } from '../tables/tables.ts'
import { KeySet } from './key-set.ts'

/** What a question may draw from. */
export interface Scope {
  /** Row ids. */
  readonly documents: KeySet
  readonly chunks: KeySet
  readonly entities: KeySet
  readonly relations: KeySet
}

/** Documents read at a time. */
const PAGE_ROWS = 200

interface AnnotationRow {
  readonly seq: number
  readonly tags: string
  readonly attributes: string
}

/**
 * Works out which documents a filter admits, and of which entities and relations they speak. The
 * work grows with what is admitted or, without a filter, with what is not enabled.
 *
 * @returns null when everything is admitted
 */
export async function documentScope(
  connection: Connection,
  tables: Tables,
  filter: DocumentFilter | null,
): Promise<Scope | null> {
  if (filter !== null && Object.values(filter).some((condition) => condition !== null)) {
    const documents = new Set<number>()
    await inSlices(admitted(connection, filter, documents))
    const { chunks, entities, relations } = await contentOf(tables, documents)
    return {
      documents: KeySet.only(documents),
      chunks: KeySet.only(chunks),
      entities: KeySet.only(entities),
      relations: KeySet.only(relations),
    }
  }
  const disabled = new Set(
    connection
      .all<{ seq: number }>('SELECT seq FROM documents WHERE enabled = 0')
      .map((row) => row.seq),
  )
  if (disabled.size === 0) return null
  const { chunks, entities, relations } = await contentOf(tables, disabled)
  return {
    documents: KeySet.except(disabled),
    chunks: KeySet.except(chunks),
    entities: KeySet.except(await ownOf(tables, 'entity', entities, disabled)),
    relations: KeySet.except(await ownOf(tables, 'pair', relations, disabled)),
  }
}

function* admitted(connection: Connection, filter: DocumentFilter, into: Set<number>): Steps {
  const { documentIds, externalIds, filePaths } = filter
  const lists = [
    { column: 'id', values: documentIds },
    { column: 'external_id', values: externalIds },
    { column: 'file_path', values: filePaths },
  ].flatMap(({ column, values }) => (values === null ? [] : [{ column, values }]))
  const conditions = lists.map(({ column }) => `${column} IN (SELECT value FROM json_each(?))`)
  const sql = `SELECT seq, tags, attributes FROM documents
    WHERE ${['seq > ?', 'enabled = 1', ...conditions].join(' AND ')} ORDER BY seq LIMIT ${PAGE_ROWS}`
  const values = lists.map((list) => JSON.stringify(list.values))
  let after = 0
  for (;;) {
    const page = connection.all<AnnotationRow>(sql, after, ...values)
    for (const row of page) if (hasAnnotations(row, filter)) into.add(row.seq)
    yield
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_ROWS) return
    after = last.seq
  }
}

function hasAnnotations(row: AnnotationRow, { tags, attributes }: DocumentFilter): boolean {
  if (tags !== null) {
    const own = new Set(JSON.parse(row.tags) as string[])
    if (!tags.some((tag) => own.has(tag))) return false
  }
  return attributes === null || hasAttributes(JSON.parse(row.attributes) as JsonObject, attributes)
}

/** The visible chunks of these documents, and of which entities and relations they speak. */
async function contentOf(tables: Tables, documents: ReadonlySet<number>) {
  const found = { chunks: new Set<Key>(), entities: new Set<Key>(), relations: new Set<Key>() }
  await inSlices(
    (function* () {
      for (const document of documents) {
        for (const chunk of tables.chunks.keysOf(document)) {
          found.chunks.add(chunk)
          for (const key of tables.fragmentReads.entityKeysIn(chunk)) found.entities.add(key)
          for (const key of tables.fragmentReads.pairKeysIn(chunk)) found.relations.add(key)
          yield
        }
      }
    })(),
  )
  return found
}

/** Those of which nobody else speaks. */
async function ownOf(
  tables: Tables,
  kind: 'entity' | 'pair',
  keys: ReadonlySet<Key>,
  documents: ReadonlySet<number>,
): Promise<Set<Key>> {
  const own = new Set(keys)
  await inSlices(
    (function* () {
      for (const key of keys) {
        for (const page of tables.fragmentReads.documentsOf(kind, key)) {
          const others = page.some((document) => !documents.has(document))
          if (others) own.delete(key)
          yield
          if (others) break
        }
      }
    })(),
  )
  return own
}
