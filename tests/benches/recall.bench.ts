import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recall, seeded, Vectors } from '../stores/vector-harness.ts'
import { closest, likeNothing, likeTexts, type MakeVector } from './vector-data.ts'

const QUERIES = 100
const TOP = 10
const BATCH = 500
const REPLACED = 0.3
const TARGETS = [
  { count: 20_000, dimension: 1024, target: 0.98 },
  { count: 100_000, dimension: 384, target: 0.99 },
] as const

/** How many of the true ten nearest the store's index finds, fresh and after much was replaced. */
export async function benchRecall(): Promise<void> {
  for (const { count, dimension, target } of TARGETS) {
    console.log(`${count} × ${dimension}, like texts (top-${TOP} of at least ${target} wanted):`)
    await measure(likeTexts(dimension, 1), count, dimension)
  }
  console.log('20000 × 384, without any order (no target: no embedding is like that):')
  await measure(likeNothing(384, 2), 20_000, 384)
}

async function measure(make: MakeVector, count: number, dimension: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'recall-'))
  const vectors = await new Vectors({ dir, dimension, crossOver: 1000 }).load()
  try {
    const alive = new Map<number, Float32Array>()
    const began = performance.now()
    await add(vectors, make, count, alive)
    await vectors.table.atRest()
    console.log(`  built in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    await print(vectors, make, alive, 'fresh')
    await replace(vectors, make, alive)
    await vectors.table.atRest()
    await print(vectors, make, alive, 'after 30 % were deleted and replaced')
  } finally {
    await vectors.close()
    await rm(dir, { recursive: true })
  }
}

async function add(
  vectors: Vectors,
  make: MakeVector,
  count: number,
  alive: Map<number, Float32Array>,
): Promise<void> {
  for (let added = 0; added < count; added += BATCH) {
    const batch = Array.from({ length: BATCH }, make)
    for (const [index, label] of vectors.publish(batch).entries()) {
      const vector = batch[index]
      if (vector !== undefined) alive.set(label, vector)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function replace(
  vectors: Vectors,
  make: MakeVector,
  alive: Map<number, Float32Array>,
): Promise<void> {
  const random = seeded(3)
  const dead = [...alive.keys()].filter(() => random() < REPLACED)
  for (let at = 0; at < dead.length; at += BATCH) {
    const batch = dead.slice(at, at + BATCH)
    vectors.publish([], batch)
    vectors.sweep(batch)
    for (const label of batch) alive.delete(label)
    await add(vectors, make, BATCH, alive)
  }
}

async function print(
  vectors: Vectors,
  make: MakeVector,
  alive: ReadonlyMap<number, Float32Array>,
  when: string,
): Promise<void> {
  let found = 0
  let spent = 0
  let scanned = 0
  for (let query = 0; query < QUERIES; query++) {
    const vector = make()
    const began = performance.now()
    const labels = await vectors.search(vector, TOP)
    const ended = performance.now()
    const wanted = closest(alive, vector, TOP)
    spent += ended - began
    scanned += performance.now() - ended
    found += recall(labels, wanted)
  }
  console.log(
    `  recall ${(found / QUERIES).toFixed(4)} ${when}; a search takes ` +
      `${(spent / QUERIES).toFixed(2)} ms, ${((spent / scanned) * 100).toFixed(1)} % of comparing with all`,
  )
}
