import { expect, it } from 'vitest'
import { contentHashInTurns, documentIdInTurns } from '../../src/engine/documents/identifiers.ts'
import { summaryInTurns } from '../../src/engine/documents/summary-of.ts'
import { exportGraph } from '../../src/engine/graph/export/export-graph.ts'
import { layOutCustomKg } from '../../src/engine/graph/lay-out-custom-kg.ts'
import { withVectors } from '../../src/engine/merge/item-vectors.ts'
import type { EntityState } from '../../src/engine/ports/change.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import type { Key, StoredEntity } from '../../src/engine/ports/stored-rows.ts'
import { cleanTextInTurns, hashedTextInTurns } from '../../src/engine/read/clean-text.ts'

const MANY = 40_000
/** What one turn may take of the whole; work that gives no way takes all of it. */
const MOST = 0.5

/** The longest time between two turns of the event loop, as a share of what the work takes. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  let last = began
  let longest = 0
  let isOver = false
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isOver = true
  longest = Math.max(longest, performance.now() - last)
  return longest / (performance.now() - began)
}

const nameOf = (i: number) => `Entity ${i} ${(i * 7919) % 1000}`
const entity = (i: number): EntityState => ({
  name: nameOf(i),
  type: 'thing',
  description: `Number ${i} of the things that are counted.`,
  sourceIds: ['chunk-1'],
  filePaths: ['a.txt'],
  createdAt: 1,
  tokens: 5,
  vector: null,
})
const stored = (i: number): StoredEntity => ({
  ...entity(i),
  key: i,
  degree: 0,
  embeddingPending: false,
})

it('lets others have their turns while a large graph of a caller is laid out', async () => {
  const entities = Array.from({ length: MANY / 4 }, (_, i) => ({
    entity_name: nameOf(i),
    description: `Number ${i} of the things that are counted.`,
  }))
  const relationships = entities.slice(1).map(({ entity_name }, i) => ({
    src_id: entity_name,
    tgt_id: nameOf(i),
    description: 'is beside',
    keywords: 'beside',
  }))
  const room = { tokens: 1200, count: (text: string) => text.split(' ').length }
  const share = await longestTurn(() => layOutCustomKg({ entities, relationships }, room))
  expect(share).toBeLessThan(MOST)
})

it('lets others have their turns while a long text is cleaned, hashed and counted', async () => {
  const text = 'Zwölf Boxkämpfer &amp; ein 🦊 laufen.\n'.repeat(300_000)
  const share = await longestTurn(async () => {
    const clean = await cleanTextInTurns(text)
    await documentIdInTurns(await hashedTextInTurns(text))
    await contentHashInTurns(clean)
    await summaryInTurns(clean)
  })
  expect(share).toBeLessThan(MOST)
})

it('lets others have their turns while all of a graph gets its vectors', async () => {
  const entities = Array.from({ length: MANY }, (_, i) => entity(i))
  const known = new Map(entities.map(({ name }, i) => [name, i + 1]))
  const vectors = new Map<string, Float32Array>()
  // Made before: what the store and the model take is theirs to divide.
  const rows = entities.map((_, i) => stored(i))
  const searches = {
    entityKeys: async () => known,
    entities: async () => rows,
    relationKeys: async () => new Map<string, Key>(),
    relations: async () => [],
  }
  const store = { searches } as unknown as Store
  const embed = async () => vectors
  const options = { lane: 'extract', mayLeavePending: false } as const
  const share = await longestTurn(() => withVectors({ store, embed }, entities, [], options))
  expect(share).toBeLessThan(MOST)
})

it('lets others have their turns while a graph is exported to somebody who takes it at once', async () => {
  const pages = {
    entitiesAfter: async (after: Key, limit: number) =>
      Array.from({ length: Math.min(limit, MANY - after) }, (_, i) => stored(after + i + 1)),
    relationsAfter: async () => [],
  }
  const share = await longestTurn(async () => {
    for await (const _ of exportGraph(pages, 'graphml'));
  })
  expect(share).toBeLessThan(MOST)
})
