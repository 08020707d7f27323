import type { Steps } from '../../../vectors/slices.ts'
import type { Tables } from '../tables/tables.ts'
import type { VersionedRows } from '../tables/versioned-rows.ts'

/** Removes what no generation shows any more. May stop anywhere and be taken up again. */
export function* sweepDead(tables: Tables): Steps {
  yield* removeAll(
    () => tables.chunkRows.dead(),
    (label) => removeChunk(tables, label),
  )
  yield* tables.editedFragments.sweep()
  yield* removeAll(
    () => tables.relationRows.dead(),
    (label) => removeRelation(tables, label),
  )
  yield* removeAll(
    () => tables.entityRows.dead(),
    (label) => removeEntity(tables, label),
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
export function* uniteIndexes(tables: Tables): Steps {
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
    (label) => removeChunk(tables, label),
  )
  yield* removeAll(
    () => tables.relationRows.staged(),
    (label) => removeRelation(tables, label),
  )
  yield* removeAll(
    () => tables.entityRows.staged(),
    (label) => removeEntity(tables, label),
  )
  for (const rows of [tables.chunkRows, tables.relationRows, tables.entityRows]) {
    yield* reviveAll(rows)
  }
}

function* removeAll(page: () => number[], remove: (label: number) => Steps): Steps {
  for (let labels = page(); labels.length > 0; labels = page()) {
    for (const label of labels) yield* remove(label)
  }
}

function* reviveAll(rows: VersionedRows): Steps {
  for (let labels = rows.superseded(); labels.length > 0; labels = rows.superseded()) {
    for (const label of labels) {
      rows.revive(label)
      yield
    }
  }
}

/** The row itself goes last: it is what finds the rest after an interruption. */
function* removeChunk(tables: Tables, label: number): Steps {
  yield* tables.fragments.removeOf(label)
  tables.chunkVectors.remove(label)
  tables.chunkTexts.remove(label)
  tables.chunks.remove(label)
  yield
}

function* removeEntity(tables: Tables, label: number): Steps {
  tables.entityVectors.remove(label)
  const key = tables.entities.remove(label)
  if (key !== null) tables.entityNames.dropUnused(key)
  yield
}

function* removeRelation(tables: Tables, label: number): Steps {
  tables.relationVectors.remove(label)
  const key = tables.relations.remove(label)
  if (key !== null) tables.relationPairs.dropUnused(key)
  yield
}
