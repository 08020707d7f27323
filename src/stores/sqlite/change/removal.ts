import type { Steps } from '../../../vectors/slices.ts'
import type { Tables } from '../tables/tables.ts'
import type { VersionedRows } from '../tables/versioned-rows.ts'

/** Removes what no generation shows any more. May stop anywhere and be taken up again. */
export function* sweepDead(tables: Tables): Steps {
  yield* removeAll(
    () => tables.chunkRows.dead(),
    (vectorId) => removeChunk(tables, vectorId),
  )
  yield* tables.editedFragments.sweep()
  yield* removeAll(
    () => tables.relationRows.dead(),
    (vectorId) => removeRelation(tables, vectorId),
  )
  yield* removeAll(
    () => tables.entityRows.dead(),
    (vectorId) => removeEntity(tables, vectorId),
  )
}

/** Removes the texts of documents that were cleared away. */
export function* sweepTexts(tables: Tables): Steps {
  while (tables.queue.removeDeadText()) yield
}

/** Brings the full-text indexes into few pieces again. */
export function* mergeIndexes(tables: Tables): Steps {
  for (const index of [tables.chunkTexts, tables.entityTexts, tables.relationTexts]) {
    while (index.merge()) yield
  }
}

/** Makes one piece of each full-text index, where it has become many. */
export function* optimizeIndexes(tables: Tables): Steps {
  for (const index of [tables.chunkTexts, tables.entityTexts, tables.relationTexts]) {
    const hasBegun = index.beginUnion()
    yield
    while (hasBegun && index.merge()) yield
  }
}

/** Takes back what was written for a generation that will not be published. */
export function* undoStaged(tables: Tables): Steps {
  yield* tables.editedFragments.undo()
  yield* removeAll(
    () => tables.chunkRows.staged(),
    (vectorId) => removeChunk(tables, vectorId),
  )
  yield* removeAll(
    () => tables.relationRows.staged(),
    (vectorId) => removeRelation(tables, vectorId),
  )
  yield* removeAll(
    () => tables.entityRows.staged(),
    (vectorId) => removeEntity(tables, vectorId),
  )
  for (const rows of [tables.chunkRows, tables.relationRows, tables.entityRows]) {
    yield* reviveAll(rows)
  }
}

function* removeAll(page: () => number[], remove: (vectorId: number) => Steps): Steps {
  for (let vectorIds = page(); vectorIds.length > 0; vectorIds = page()) {
    for (const vectorId of vectorIds) yield* remove(vectorId)
  }
}

function* reviveAll(rows: VersionedRows): Steps {
  for (let vectorIds = rows.superseded(); vectorIds.length > 0; vectorIds = rows.superseded()) {
    for (const vectorId of vectorIds) {
      rows.revive(vectorId)
      yield
    }
  }
}

/** The row itself goes last: it is what finds the rest after an interruption. */
function* removeChunk(tables: Tables, vectorId: number): Steps {
  yield* tables.fragments.removeOf(vectorId)
  tables.chunkVectors.remove(vectorId)
  tables.chunkTexts.remove(vectorId)
  tables.chunks.remove(vectorId)
  yield
}

function* removeEntity(tables: Tables, vectorId: number): Steps {
  tables.entityVectors.remove(vectorId)
  const key = tables.entities.remove(vectorId)
  if (key !== null) tables.entityNames.dropUnused(key)
  yield
}

function* removeRelation(tables: Tables, vectorId: number): Steps {
  tables.relationVectors.remove(vectorId)
  const key = tables.relations.remove(vectorId)
  if (key !== null) tables.relationPairs.dropUnused(key)
  yield
}
