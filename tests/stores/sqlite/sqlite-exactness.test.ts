import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/engine/ports/change.ts'
import { orderedPair } from '../../../src/engine/ports/pair.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import {
  change,
  EMBEDDING,
  entity,
  LEASE_MS,
  newChunk,
  newDocument,
  OWNER,
  relation,
  said,
  vector,
} from '../samples.ts'
import { MemoryModel, snapshot } from './memory-model.ts'

const NAMES = ['Ada', 'Bob', 'Eve', 'Max', 'Zoë']
const DOCUMENTS = ['a', 'b', 'c', 'd']

const name = fc.constantFrom(...NAMES)
const document = fc.constantFrom(...DOCUMENTS)
const anyVector = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 }))
  .map(([x, y]) => vector(x, y))
const anyState = fc.oneof(anyVector, fc.constantFrom('keep' as const, null))
const pair = fc
  .tuple(name, name)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => orderedPair(a, b))
const graph = fc.record({
  entities: fc.uniqueArray(fc.tuple(name, anyState), { selector: ([a]) => a }),
  relations: fc.uniqueArray(fc.tuple(pair, anyState, fc.integer({ min: 1, max: 5 })), {
    selector: ([names]) => names.join(),
  }),
  deadEntities: fc.uniqueArray(name, { maxLength: 2 }),
  deadRelations: fc.uniqueArray(pair, { maxLength: 2, selector: (names) => names.join() }),
})
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ publish: document, chunks: fc.array(fc.array(name)), graph }),
  },
  { weight: 2, arbitrary: fc.record({ remove: document, forget: fc.boolean(), graph }) },
  { weight: 2, arbitrary: fc.constant('check' as const) },
  { weight: 1, arbitrary: fc.constant('reopen' as const) },
  { weight: 1, arbitrary: fc.constant('clear' as const) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type GraphStep = typeof graph extends fc.Arbitrary<infer Value> ? Value : never

describe('a sqlite store', () => {
  it('shows what plain maps would show, whatever is done to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const dir = await mkdtemp(join(tmpdir(), 'sqlite-exact-'))
        const model = new MemoryModel()
        let store = await openSqliteStore({ dir, embedding: EMBEDDING })
        try {
          let version = 0
          for (const next of [...steps, 'check' as const]) {
            if (next === 'reopen') {
              await store.close()
              store = await openSqliteStore({ dir, embedding: EMBEDDING })
            } else if (next === 'check') {
              expect(await snapshot(store)).toEqual(model.snapshot())
            } else if (next === 'clear') {
              await store.graph.clear()
              model.clear()
            } else {
              const made = await asChange(store, next, version++)
              expect(await store.graph.apply(made)).toBe(true)
              model.apply(made)
            }
          }
        } finally {
          await store.close()
          await rm(dir, { recursive: true })
        }
      }),
      { numRuns: 100 },
    )
  })
})

async function asChange(
  store: Store,
  next: Exclude<Step, string>,
  version: number,
): Promise<Change> {
  const states = asStates(next.graph, version)
  if ('remove' in next) {
    return change({ removes: [{ documentId: next.remove, forget: next.forget }], ...states })
  }
  const text = newDocument(next.publish, { contentHash: `version ${version}` })
  await store.queue.enqueue([text], { onConflict: 'replace' })
  const claimed = await store.queue.claim(OWNER, LEASE_MS)
  expect(claimed?.id).toBe(next.publish)
  const chunks = next.chunks.map((names, ordinal) =>
    newChunk(`${next.publish}-${ordinal}`, {
      ordinal,
      content: `chunk of version ${version}`,
      vector: vector(1, ordinal),
      entities: names.map((named) => said(named)),
    }),
  )
  return change({
    removes: [{ documentId: next.publish, forget: false }],
    publishes: {
      documentId: next.publish,
      revision: claimed?.revision ?? 0,
      owner: OWNER,
      chunks,
      metadata: {},
    },
    ...states,
  })
}

function asStates(step: GraphStep, version: number): Partial<Change> {
  const living = new Set(step.entities.map(([living]) => living))
  // A relation needs its ends: those that have no state yet get one.
  const ends = step.relations.flatMap(([names]) => names).filter((end) => !living.has(end))
  const entities = [...step.entities, ...[...new Set(ends)].map((end) => [end, null] as const)]
  const alive = new Set(entities.map(([living]) => living))
  const kept = new Set(step.relations.map(([names]) => names.join()))
  return {
    entities: entities.map(([named, found]) =>
      entity(named, { description: `version ${version}`, vector: found }),
    ),
    relations: step.relations.map(([[source, target], found, weight]) =>
      relation(source, target, { weight, vector: found }),
    ),
    deadRelations: [
      ...step.deadRelations.filter((names) => !kept.has(names.join())),
      // Nothing may stay tied to an entity that dies.
      ...pairsOf(step.deadEntities.filter((dead) => !alive.has(dead))),
    ],
    deadEntities: step.deadEntities.filter((dead) => !alive.has(dead)),
  }
}

function pairsOf(dead: readonly string[]) {
  return dead.flatMap((end) =>
    NAMES.filter((other) => other !== end).map((other) => orderedPair(end, other)),
  )
}
