import { type Pair, pairKey } from '../../../engine/ports/pair.ts'
import type {
  Key,
  StoredEntityFragment,
  StoredRelationFragment,
} from '../../../engine/ports/stored-rows.ts'
import { inSlices, type Steps } from '../../../vectors/slices.ts'
import type { Tables } from '../tables/tables.ts'

/** Names and pairs on which the visible version of these documents has fragments. */
export async function footprint(
  tables: Tables,
  documentIds: readonly string[],
): Promise<{ entities: string[]; relations: Pair[] }> {
  const names = new Set<string>()
  const pairs = new Map<string, Pair>()
  await inSlices(
    (function* () {
      for (const chunk of chunksOf(tables, documentIds)) {
        for (const name of tables.fragmentReads.namesIn(chunk)) names.add(name)
        for (const pair of tables.fragmentReads.pairsIn(chunk)) pairs.set(pairKey(pair), pair)
        yield
      }
    })(),
  )
  return { entities: [...names], relations: [...pairs.values()] }
}

/** Tells which documents count, by their row ids. */
export type Admits = (document: number) => boolean
const ALL: Admits = () => true

/**
 * The first `limit` visible fragments of each of these entities, those of the documents `without`
 * left out, in canonical order.
 */
export async function entityFragments(
  tables: Tables,
  names: readonly string[],
  without: readonly string[],
  limit: number,
  admits: Admits = ALL,
): Promise<Map<string, StoredEntityFragment[]>> {
  const left = leftOut(without, admits)
  const found = new Map<string, StoredEntityFragment[]>()
  await inSlices(
    (function* () {
      for (const name of new Set(names)) {
        const fragments: StoredEntityFragment[] = []
        found.set(name, fragments)
        const key = tables.entityNames.key(name)
        // Looking for what is not there takes its time too.
        yield
        if (key === null) continue
        yield* first(limit, tables.fragmentReads.ofEntity(key), left, (row) => {
          const { documentId, filePath, chunkId, ordinal, position, createdAt } = row
          const origin = { documentId, filePath, chunkId, ordinal, position, createdAt }
          fragments.push({ name, type: row.type, description: row.description, ...origin })
        })
      }
    })(),
  )
  return found
}

/** Same for pairs; keyed by `pairKey`. */
export async function relationFragments(
  tables: Tables,
  pairs: readonly Pair[],
  without: readonly string[],
  limit: number,
  admits: Admits = ALL,
): Promise<Map<string, StoredRelationFragment[]>> {
  const left = leftOut(without, admits)
  const found = new Map<string, StoredRelationFragment[]>()
  await inSlices(
    (function* () {
      for (const pair of pairs) {
        const fragments: StoredRelationFragment[] = []
        found.set(pairKey(pair), fragments)
        const key = tables.relationPairs.find(pair)?.key
        yield
        if (key === undefined) continue
        const [source, target] = pair
        yield* first(limit, tables.fragmentReads.ofPair(key), left, (row) => {
          const { documentId, filePath, chunkId, ordinal, position, createdAt } = row
          const { keywords, description, weight } = row
          const origin = { documentId, filePath, chunkId, ordinal, position, createdAt }
          fragments.push({ source, target, keywords, description, weight, ...origin })
        })
      }
    })(),
  )
  return found
}

interface Origin {
  readonly documentId: string
  readonly document: number
}

function leftOut(without: readonly string[], admits: Admits): (row: Origin) => boolean {
  const ids = new Set(without)
  return (row) => ids.has(row.documentId) || !admits(row.document)
}

/** Hands on the first `limit` rows that are not left out. */
function* first<Row extends Origin>(
  limit: number,
  pages: Iterable<readonly Row[]>,
  isLeftOut: (row: Row) => boolean,
  take: (row: Row) => void,
): Steps {
  let left = limit
  for (const page of pages) {
    for (const row of page) {
      if (left === 0 || isLeftOut(row)) continue
      take(row)
      left--
    }
    yield
    if (left === 0) return
  }
}

function* chunksOf(tables: Tables, documentIds: readonly string[]): Generator<Key, void, void> {
  for (const id of documentIds) {
    const document = tables.documents.row(id)
    if (document !== null) yield* tables.chunks.keysOf(document.seq)
  }
}
