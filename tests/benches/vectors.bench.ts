import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { FlatIndex } from '../../src/vectors/flat/flat-index.ts'
import { EF, HnswGraph } from '../../src/vectors/hnsw/hnsw-graph.ts'
import { type HnswLibrary, loadHnswLibrary } from '../../src/vectors/hnsw/hnsw-library.ts'
import { newChunk, newDocument, publish } from '../stores/samples.ts'
import { Vectors } from '../stores/vector-harness.ts'
import { likeTexts } from './vector-data.ts'

const DIMENSION = 384
const SIZES = [2000, 5000, 10_000, 20_000, 30_000]
const QUERIES = 50
const TOP = 40
const INGESTED = 6000
const BULK = 20_000
const BULK_CHUNKS = 1000
/** How long the index may take to catch up with the bulk. */
const PATIENCE_MS = 180_000

/** What the vector index of the store costs, against the bare library and the bare scan. */
export async function benchVectors(): Promise<void> {
  const library = await loadHnswLibrary()
  if (library === null) throw new Error('the native library is not installed')
  crossOver(library)
  await ingest(library)
  await hold()
}

function crossOver(library: HnswLibrary): void {
  const make = likeTexts(DIMENSION, 1)
  const exact = new FlatIndex(DIMENSION)
  const graph = HnswGraph.create(library, DIMENSION, SIZES.at(-1) ?? 1)
  let added = 0
  console.log(`top ${TOP} of vectors of ${DIMENSION}, the graph with ef = ${EF}:`)
  for (const size of SIZES) {
    const fresh = Array.from({ length: size - added }, make)
    const insertion = mean(fresh, (vector) => {
      exact.add(added, vector)
      graph.add(added, vector)
      added++
    })
    const queries = Array.from({ length: QUERIES }, make)
    const scan = mean(queries, (query) => {
      const search = exact.search(query, TOP, () => true)
      while (search.next().done !== true);
    })
    const walk = mean(queries, (query) => graph.nearest(query, EF))
    console.log(
      `  ${size}: exact ${scan.toFixed(2)} ms, graph ${walk.toFixed(2)} ms, exact / graph ` +
        `${(scan / walk).toFixed(1)}; an insertion ${insertion.toFixed(2)} ms`,
    )
  }
  graph.close()
}

async function ingest(library: HnswLibrary): Promise<void> {
  const make = likeTexts(DIMENSION, 2)
  const all = Array.from({ length: INGESTED }, make)
  const bare = new library.HierarchicalNSW('cosine', DIMENSION)
  bare.initIndex({ maxElements: INGESTED })
  const inserted = cpuTime(() => {
    for (const [label, vector] of all.entries()) bare.addPoint(Array.from(vector), label)
  })
  const dir = await mkdtemp(join(tmpdir(), 'ingest-'))
  const vectors = await new Vectors({ dir, dimension: DIMENSION, crossOver: 0 }).load()
  try {
    const before = process.cpuUsage()
    for (let at = 0; at < INGESTED; at += 20) vectors.publish(all.slice(at, at + 20))
    const written = since(before)
    await vectors.table.atRest()
    const whole = since(before)
    console.log(
      `${INGESTED} vectors in batches of 20: rows ${written.toFixed(0)} ms, index (saved) ` +
        `${(whole - written).toFixed(0)} ms, bare insertion ${inserted.toFixed(0)} ms: index / bare ` +
        `${((whole - written) / inserted).toFixed(2)} (at most 1.3 wanted)`,
    )
  } finally {
    await vectors.close()
    await rm(dir, { recursive: true })
  }
}

/** With a question every few milliseconds beside the bulk and beside the build that follows it. */
async function hold(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'hold-'))
  const embedding = { id: 'bench/vectors', dimension: DIMENSION }
  const store = await openSqliteStore({ dir, embedding })
  const make = likeTexts(DIMENSION, 3)
  const documents = Array.from({ length: BULK / BULK_CHUNKS }, (_, document) =>
    Array.from({ length: BULK_CHUNKS }, (_, ordinal) =>
      newChunk(`${document}-${ordinal}`, { ordinal, vector: make() }),
    ),
  )
  await store.searches.nearestChunks(make(), TOP)
  const delays = monitorEventLoopDelay({ resolution: 1 })
  const query = make()
  let isDone = false
  const asking = (async () => {
    while (!isDone) {
      await store.searches.nearestChunks(query, TOP)
      await delay(5)
    }
  })()
  try {
    await delay(50)
    delays.enable()
    for (const [index, chunks] of documents.entries()) {
      await publish(store, newDocument(`${index}`), chunks)
    }
    printDelays(`inserting ${BULK} vectors`, delays)
    delays.reset()
    const end = performance.now() + PATIENCE_MS
    while (!(await exists(join(dir, 'chunks.hnsw.head'))) && performance.now() < end) {
      await delay(100)
    }
    printDelays('building and saving their index', delays)
    delays.reset()
    isDone = true
    await asking
    await store.close()
    await delay(20)
    printDelays('closing', delays)
  } finally {
    await store.close()
    await rm(dir, { recursive: true })
  }
}

function printDelays(what: string, delays: { percentile(p: number): number; max: number }): void {
  const p99 = delays.percentile(99) / 1e6
  const max = delays.max / 1e6
  console.log(
    `${what} holds the event loop for ${p99.toFixed(1)} ms at p99 and ${max.toFixed(1)} ms at most ` +
      '(20 and 50 wanted)',
  )
}

function mean<T>(items: readonly T[], work: (item: T) => void): number {
  return cpuTime(() => items.forEach(work)) / items.length
}

/** Processor time in milliseconds: unlike the clock, it says the same on a busy machine. */
function cpuTime(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return since(before)
}

function since(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
