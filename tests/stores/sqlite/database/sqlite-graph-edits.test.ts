import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../../../src/engine/ports/change.ts'
import { NO_EDIT } from '../../../../src/engine/ports/graph-edit.ts'
import { orderedPair, type Pair } from '../../../../src/engine/ports/pair.ts'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../../src/stores/sqlite/database/embedding-mark.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { NEVER } from '../../../../src/stores/sqlite/database/visibility.ts'
import { WorkspaceLock } from '../../../../src/stores/sqlite/database/workspace-lock.ts'
import { WorkspaceStore } from '../../../../src/stores/sqlite/workspace-store.ts'
import {
  change,
  DIMENSION,
  EMBEDDING,
  entity,
  newChunk,
  newDocument,
  publish,
  relation,
  said,
} from '../../samples.ts'

const SPOKES = 600
const spoke = (i: number) => `N${i}`

/** A hub that every chunk ties to another entity. */
const CHUNKS = Array.from({ length: SPOKES }, (_, i) =>
  newChunk(`a-${i}`, {
    ordinal: i,
    entities: [said('Hub', `fact ${i}`), said(spoke(i))],
    relations: [{ ...pairOf('Hub', spoke(i)), keywords: 'k', description: `tie ${i}`, weight: 1 }],
  }),
)

describe('a rename in a sqlite store', () => {
  let dir: string
  let connection: Connection
  let store: Store

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-edits-'))
    open()
    await publish(store, newDocument('a'), CHUNKS, graphOf('Hub'))
  })
  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  function open(): void {
    const lock = WorkspaceLock.acquire(dir)
    connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    store = new WorkspaceStore(connection, lock, DIMENSION)
  }

  const count = (table: string) =>
    connection.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n
  const seen = async (name: string) => {
    const fragments = await store.searches.entityFragments([name], [], SPOKES * 2)
    const pairs = Array.from({ length: SPOKES }, (_, i) => orderedPair(name, spoke(i)))
    const tied = await store.searches.relationFragments(pairs, [], 2)
    const key = (await store.searches.entityKeys([name])).get(name)
    return {
      fragments: fragments.get(name)?.length,
      tied: [...tied.values()].flat().length,
      ties: key === undefined ? 0 : (await store.searches.relationsOf([key])).length,
      chunks:
        key === undefined ? 0 : (await store.searches.tiesOfEntities([key], SPOKES * 2)).length,
    }
  }
  const ALL = { fragments: SPOKES, tied: SPOKES, ties: SPOKES, chunks: SPOKES }
  const NOTHING = { fragments: 0, tied: 0, ties: 0, chunks: 0 }
  const footprint = async () => {
    const { entities, relations } = await store.graph.footprint(['a'])
    return [entities.includes('Hub'), entities.includes('Rim'), relations.length]
  }

  it('shows the old name or the new one, never some of both', async () => {
    let done = false
    const applied = store.graph.apply(renaming('Hub', 'Rim')).finally(() => {
      done = true
    })
    const states = new Set<string>()
    let turns = 0
    const label = (name: string) => store.searches.entityKeys([name]).then((keys) => keys.size)
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve))
      turns++
      states.add([await label('Hub'), await label('Rim')].join())
    }
    expect(await applied).toBe(true)
    states.add([await label('Hub'), await label('Rim')].join())
    expect(turns).toBeGreaterThan(3)
    expect([...states].sort()).toEqual(['0,1', '1,0'])
    expect(await seen('Rim')).toEqual(ALL)
    expect(await seen('Hub')).toEqual(NOTHING)
    expect(await footprint()).toEqual([false, true, SPOKES])
  })

  it('leaves no dead rows behind, nor the old name', async () => {
    await store.graph.apply(renaming('Hub', 'Rim'))
    await settled()
    expect(count('entity_fragments')).toBe(2 * SPOKES)
    expect(count('relation_fragments')).toBe(SPOKES)
    expect(count('relation_index')).toBe(SPOKES)
    expect(count('relation_pairs')).toBe(SPOKES)
    expect(count(`entity_names WHERE name = 'Hub'`)).toBe(0)
    expect((await store.searches.matchRelations('tie', SPOKES * 2)).length).toBe(SPOKES)
  })

  it('is taken back whole when it fails, and works the next time', async () => {
    const bad = new Float32Array(DIMENSION + 1).fill(1)
    const good = renaming('Hub', 'Rim')
    const relations = good.relations.map((one, i) => (i < 500 ? one : { ...one, vector: bad }))
    await expect(store.graph.apply({ ...good, relations })).rejects.toThrow()
    expect(await seen('Hub')).toEqual(ALL)
    expect(await seen('Rim')).toEqual(NOTHING)
    expect(await footprint()).toEqual([true, false, SPOKES])
    expect(count('entity_fragments')).toBe(2 * SPOKES)
    await store.graph.apply(good)
    expect(await seen('Rim')).toEqual(ALL)
  })

  it('is taken back by the next opening when the process ends within', async () => {
    // What a crash leaves: rows of the next generation, and no publication.
    connection.run(`UPDATE relation_fragments SET died = (SELECT generation + 1 FROM workspace)`)
    connection.run(
      `INSERT INTO entity_fragments (chunk, entity, rank, document, ordinal, position, named, type,
         description, born)
       SELECT chunk, entity, rank, document, ordinal, position + 9, named, type, description,
         (SELECT generation + 1 FROM workspace) FROM entity_fragments`,
    )
    await store.close()
    open()
    expect(await seen('Hub')).toEqual(ALL)
    await store.graph.apply(renaming('Hub', 'Rim'))
    await settled()
    expect(await seen('Rim')).toEqual(ALL)
    expect(count('entity_fragments')).toBe(2 * SPOKES)
  })

  it('goes with the document', async () => {
    await store.graph.apply(renaming('Hub', 'Rim'))
    const names = Array.from({ length: SPOKES }, (_, i) => spoke(i))
    await store.graph.apply(
      change({
        removes: [{ documentId: 'a', forget: true }],
        deadEntities: ['Rim', ...names],
        deadRelations: names.map((name) => orderedPair('Rim', name)),
      }),
    )
    await settled()
    for (const table of [
      'entity_fragments',
      'relation_fragments',
      'entity_names',
      'relation_index',
    ])
      expect(count(table), table).toBe(0)
  })

  /** Sweeps go on after a change; each turn of theirs lets a change in between. */
  async function settled(): Promise<void> {
    for (;;) {
      const edited = ['entity_fragments', 'relation_fragments'].map((table) =>
        count(`${table} WHERE died IS NOT NULL`),
      )
      const ended = ['chunks', 'entities', 'relations'].map((table) =>
        count(`${table} WHERE died < ${NEVER}`),
      )
      if ([...edited, ...ended].every((n) => n === 0)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
})

function pairOf(a: string, b: string) {
  const [source, target] = orderedPair(a, b)
  return { source, target }
}

function graphOf(hub: string): Partial<Change> {
  const names = Array.from({ length: SPOKES }, (_, i) => spoke(i))
  return {
    entities: [hub, ...names].map((name) => entity(name)),
    relations: names.map((name) => relation(...orderedPair(hub, name))),
  }
}

function renaming(from: string, to: string): Change {
  const names = Array.from({ length: SPOKES }, (_, i) => spoke(i))
  const moved = (name: string): Pair => orderedPair(from, name)
  return change({
    entities: [entity(to)],
    relations: names.map((name) => relation(...orderedPair(to, name))),
    deadEntities: [from],
    deadRelations: names.map(moved),
    edit: {
      ...NO_EDIT,
      moveEntities: [{ from, to }],
      moveRelations: names.map((name) => ({ from: moved(name), to: orderedPair(to, name) })),
    },
  })
}
