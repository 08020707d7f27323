import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Change, NewChunk } from '../../src/engine/ports/change.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import { openLightRag } from '../../src/library.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { collectGarbage } from '../collect-garbage.ts'
import { tempFolder } from '../server/temp-folder.ts'
import {
  change,
  entity,
  LEASE_MS,
  newChunk,
  newDocument,
  OWNER,
  relation,
  said,
} from '../stores/samples.ts'
import { BareRows } from './like/bare-rows.ts'
import { cpuOf, median, timeOf } from './like/measures.ts'
import { sampleDocument } from './like/sample-documents.ts'
import { hashedModel, scriptedModel } from './like/scripted-models.ts'
import { seeded } from './like/seeded.ts'

const DIMENSION = 384
const EMBEDDING = { id: 'bench/384', dimension: DIMENSION }
const [CHUNKS, ENTITIES, RELATIONS] = [20, 60, 80]
/** So many that most run as compiled code, as they do in a server. */
const COMMITS = 150
const BATCH = 100

/** What the store adds to the rows that it writes, and how long it holds the event loop. */
export async function benchStore(): Promise<void> {
  const folder = await tempFolder()
  try {
    await compareCommits(folder.path)
    await compareSizes(join(folder.path, 'growing'))
    await holdsOfBulkInsert(join(folder.path, 'bulk'))
    await holdsOfOpening(join(folder.path, 'large'))
  } finally {
    await folder.remove()
  }
}

const random = seeded(1)
const vectors = Array.from({ length: 500 }, () => {
  const values = Float32Array.from({ length: DIMENSION }, () => random() - 0.5)
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
})
const vectorOf = (number: number) => vectors[number % vectors.length] ?? new Float32Array(DIMENSION)
const sentence = (number: number) =>
  `Clerk ${number} of the harbour office signs paper ${number * 7} and passes it to clerk ${number + 1}.`

/** A document of 20 chunks, 60 entities and 80 relations, all of its own. */
function ownChange(document: number, revision: number): Change {
  const name = (i: number) => `Clerk ${document}-${i % ENTITIES}`
  const pair = (i: number): [string, string] => [name(i), name(i + 1 + Math.floor(i / ENTITIES))]
  const perChunk = (all: number) => Math.ceil(all / CHUNKS)
  const chunks = Array.from({ length: CHUNKS }, (_, c): NewChunk => {
    const from = c * perChunk(ENTITIES)
    return newChunk(`${document}-${c}`, {
      ordinal: c,
      content: Array.from({ length: 12 }, (_, i) => sentence(document * 31 + c + i)).join(' '),
      vector: vectorOf(document + c),
      entities: Array.from({ length: perChunk(ENTITIES) }, (_, i) =>
        said(name(from + i), sentence(from + i)),
      ),
      relations: Array.from({ length: perChunk(RELATIONS) }, (_, i) => {
        const [source, target] = pair(c * perChunk(RELATIONS) + i)
        return { source, target, keywords: 'paper', description: sentence(i), weight: 1 }
      }),
    })
  })
  return change({
    publishes: { documentId: String(document), revision, owner: OWNER, chunks, metadata: {} },
    entities: Array.from({ length: ENTITIES }, (_, i) =>
      entity(name(i), { description: sentence(i), vector: vectorOf(i + document) }),
    ),
    relations: Array.from({ length: RELATIONS }, (_, i) =>
      relation(...pair(i), { description: sentence(i), vector: vectorOf(i * 3 + document) }),
    ),
  })
}

async function compareCommits(dir: string): Promise<void> {
  const store = await openSqliteStore({ dir: join(dir, 'store'), embedding: EMBEDDING })
  const bare = new BareRows(join(dir, 'store', 'rag.db'), dir)
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < COMMITS; i++) {
    const change = ownChange(i, await claimed(store, i))
    ours.push(await cpuOf(() => store.graph.apply(change)))
    theirs.push(bare.copyNewRows())
  }
  bare.close()
  await store.close()
  const [one, other] = [median(ours), median(theirs)]
  console.log(
    `commit of ${CHUNKS} chunks, ${ENTITIES} entities, ${RELATIONS} relations: ${one.toFixed(1)} ms of CPU; ` +
      `the same rows by bare statements ${other.toFixed(1)} ms; ` +
      `ratio ${(one / other).toFixed(2)} (at most 2 wanted)`,
  )
}

async function claimed(store: Store, document: number): Promise<number> {
  await store.queue.enqueue([newDocument(String(document))], { onConflict: 'keep' })
  return (await store.queue.claim(OWNER, LEASE_MS))?.revision ?? 0
}

/** Documents of 200 words, from text to visible, by processor time. */
async function compareSizes(dir: string): Promise<void> {
  const rag = await openLightRag({ dir, llm: scriptedModel(), embedding: hashedModel() })
  const costs: number[] = []
  for (let from = 0; from < 3000; from += BATCH) {
    const notes = Array.from({ length: BATCH }, (_, i) => sampleDocument(from + i))
    const texts = notes.map(({ text }) => text)
    const cost = await cpuOf(async () => {
      await rag.insertTexts({ texts, file_sources: notes.map(({ label }) => label) })
      await rag.idle()
    })
    costs.push(cost / BATCH)
  }
  await rag.close()
  const at = (documents: number) => median(costs.slice(documents / BATCH - 3, documents / BATCH))
  const [few, many] = [at(300), at(3000)]
  console.log(
    `a document at 300: ${few.toFixed(1)} ms of CPU, at 3,000: ${many.toFixed(1)} ms; ` +
      `ratio ${(many / few).toFixed(2)} (at most 1.5 wanted)`,
  )
}

/** One document of 10,000 chunks, 5,000 entities and 5,000 relations: 20,000 vectors. */
async function holdsOfBulkInsert(dir: string): Promise<void> {
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  // What has been asked for is in memory, and takes part in the change.
  await searchAll(store)
  const revision = await claimed(store, 0)
  const chunks = Array.from({ length: 10_000 }, (_, i) =>
    newChunk(`0-${i}`, {
      ordinal: i,
      content: sentence(i),
      vector: vectorOf(i),
      entities: [said(`Clerk ${i % 5000}`, sentence(i))],
    }),
  )
  const bulk = change({
    publishes: { documentId: '0', revision, owner: OWNER, chunks, metadata: {} },
    ...graphOf(0, 5000, 5000),
  })
  await printHolds('bulk insert of 20,000 vectors and 5,000 entities', () =>
    store.graph.apply(bulk),
  )
  await store.close()
}

async function holdsOfOpening(dir: string): Promise<void> {
  const built = await openSqliteStore({ dir, embedding: EMBEDDING })
  for (let part = 0; part < 10; part++) {
    await built.graph.apply(change(graphOf(part * 1000, 1000, 5000)))
  }
  await built.close()
  let store: Store | null = null
  await printHolds('opening 10,000 entities and 50,000 relations', async () => {
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
    await searchAll(store)
  })
  await (store as Store | null)?.close()
}

/** Loads all that is loaded on demand. */
async function searchAll(store: Store): Promise<void> {
  await store.searches.nearestChunks(vectorOf(1), 10)
  await store.searches.nearestEntities(vectorOf(1), 10)
  await store.searches.nearestRelations(vectorOf(1), 10)
  await store.searches.popularEntities(10)
}

function graphOf(from: number, entities: number, relations: number) {
  const name = (i: number) => `Clerk ${from + (i % entities)}`
  return {
    entities: Array.from({ length: entities }, (_, i) =>
      entity(name(i), { description: sentence(i), vector: vectorOf(i) }),
    ),
    relations: Array.from({ length: relations }, (_, i) =>
      relation(name(i), name(i + 1 + Math.floor(i / entities)), { vector: vectorOf(i * 3) }),
    ),
  }
}

async function printHolds(what: string, work: () => Promise<unknown>): Promise<void> {
  // The garbage of what was measured before is none of this.
  collectGarbage()
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const ms = await timeOf(work)
  loop.disable()
  const [p99, max] = [loop.percentile(99) / 1e6, loop.max / 1e6]
  console.log(
    `${what}: ${ms.toFixed(0)} ms, event loop held for ${p99.toFixed(1)} ms at p99 ` +
      `(at most 20 wanted), ${max.toFixed(1)} ms at most (50 wanted)`,
  )
}
