import { cp, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../src/stores/sqlite/database/open-database.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { vectorBytes } from '../../../src/vectors/kernel/vector-values.ts'
import { tempFolder } from '../../server/temp-folder.ts'
import { change, EMBEDDING, entity, vector } from '../../stores/samples.ts'
import { randomVector, seeded, Vectors, type VectorsOptions } from '../../stores/vector-harness.ts'

const DIMENSION = 16
/** More than one block of rows. */
const MANY = 1500
const NOT_A_GRAPH = 100_000

describe('the file of an exact index', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let dir: string
  let file: string
  let random: () => number
  const opened: Vectors[] = []
  beforeEach(async () => {
    folder = await tempFolder()
    dir = folder.path
    file = join(dir, 'chunks.index')
    random = seeded(5)
  })
  afterEach(async () => {
    for (const vectors of opened.splice(0)) await vectors.close().catch(() => undefined)
    await folder.remove()
  })

  const some = (count: number, dimension = DIMENSION) =>
    Array.from({ length: count }, () => randomVector(random, dimension))

  const make = (options: Partial<VectorsOptions> = {}) => {
    const vectors = new Vectors({ dir, crossOver: NOT_A_GRAPH, ...options })
    opened.push(vectors)
    return vectors
  }

  /** A closed store of so many vectors. Returns their vector ids. */
  const saved = async (count = MANY) => {
    const vectors = await make().load()
    const labels = vectors.publish(some(count))
    await vectors.close()
    return labels
  }

  /** Opens it and compares searches with the table. Returns whether the rows were read. */
  const opensExactly = async (options: Partial<VectorsOptions> = {}) => {
    const vectors = make(options)
    const all = vi.spyOn(vectors.connection, 'all')
    await vectors.load()
    const readsRows = all.mock.calls.some(([sql]) => /SELECT v\.label, v\.vector/.test(sql))
    for (let round = 0; round < 5; round++) {
      const query = randomVector(random, vectors.dimension)
      expect(await vectors.search(query, 30)).toEqual(vectors.exact(query, 30))
    }
    await vectors.close()
    return readsRows
  }

  it('is written at closing and spares the next opening the rows', async () => {
    await saved()
    expect(await opensExactly()).toBe(false)
    expect(await readdir(dir)).not.toContain('chunks.index.tmp')
  })

  it('is not written for so few that their rows are read in no time', async () => {
    await saved(100)
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await opensExactly()).toBe(true)
  })

  it('is not written again for a few changes, which are read from the rows', async () => {
    const labels = await saved()
    const before = await readFile(file)
    const vectors = await make().load()
    vectors.publish(some(20), labels.slice(0, 10))
    vectors.publish([], labels.slice(10, 20))
    vectors.sweep(labels.slice(10, 20))
    await vectors.close()
    expect((await readFile(file)).equals(before)).toBe(true)
    expect(await opensExactly()).toBe(false)
  })

  it('is taken up with what came and went while it was read', async () => {
    const labels = await saved()
    const vectors = make()
    vectors.table.readAhead()
    vectors.publish(some(20), labels.slice(0, 10))
    await readFile(file)
    vectors.publish([], labels.slice(10, 20))
    vectors.sweep(labels.slice(10, 20))
    await vectors.load()
    // All that there are; two that are nearly as near may change places.
    const query = randomVector(random, DIMENSION)
    const found = await vectors.search(query, 2 * MANY)
    expect(found.toSorted()).toEqual(vectors.exact(query, 2 * MANY).toSorted())
    expect(found).toHaveLength(MANY)
    await vectors.close()
  })

  it('shows nothing that was dead or unpublished when it was written', async () => {
    const vectors = await make().load()
    const labels = vectors.publish(some(MANY))
    vectors.publish(some(MANY), labels.slice(0, 700))
    vectors.table.stage((labels.at(-1) ?? 0) + 10_000, randomVector(random, DIMENSION))
    await vectors.close()
    expect(await opensExactly()).toBe(false)
  })

  it('goes when one of its vectors is replaced', async () => {
    const [label = 0] = await saved()
    const vectors = await make().load()
    vectors.table.put(label, randomVector(random, DIMENSION))
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
    await vectors.close()
    expect(await opensExactly()).toBe(false)
  })

  it('is not believed when it is damaged or cut off, wherever that is', async () => {
    await saved()
    const whole = await readFile(file)
    const bytes = whole.length
    for (const place of [10, bytes / 2, bytes - 2000, bytes - 2]) {
      const damaged = Buffer.from(whole)
      damaged[Math.floor(place)] = (damaged[Math.floor(place)] ?? 0) ^ 1
      await writeFile(file, damaged)
      expect(await opensExactly(), `byte ${place}`).toBe(true)
    }
    for (const length of [0, 3, 1000, bytes - 1]) {
      await writeFile(file, whole)
      await truncate(file, length)
      expect(await opensExactly(), `${length} bytes`).toBe(true)
    }
  })

  it('is not taken for that of a database that was put back from an older copy', async () => {
    const vectors = await make().load()
    vectors.publish(some(MANY))
    await vectors.close()
    await cp(join(dir, 'rag.db'), join(dir, 'older.db'))
    const later = await make().load()
    later.publish(some(400))
    await later.close()
    const newer = await readFile(file)
    await cp(join(dir, 'older.db'), join(dir, 'rag.db'))
    // Older than the file.
    expect(await opensExactly()).toBe(true)
    await cp(join(dir, 'older.db'), join(dir, 'rag.db'))
    // As old as a file of the same vector ids.
    const other = await make({ indexDir: null }).load()
    other.publish(some(400))
    await other.close()
    await writeFile(file, newer)
    expect(await opensExactly()).toBe(true)
  })

  it('is not written when a store closes before it has read all its vectors', async () => {
    const unindexed = await make({ indexDir: null }).load()
    unindexed.publish(some(MANY))
    await unindexed.close()
    const vectors = make()
    await vectors.table.load(() => false)
    await vectors.close()
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  describe('of entities of which one has no vector yet', () => {
    const open = () => openSqliteStore({ dir, embedding: EMBEDDING })
    let key: number
    beforeEach(async () => {
      const store = await open()
      const many = Array.from({ length: 600 }, (_, index) =>
        entity(`Entity ${index}`, { vector: vector(1, index) }),
      )
      await store.graph.apply(change({ entities: [...many, entity('Late', { vector: null })] }))
      key = (await store.searches.entityKeys(['Late'])).get('Late') ?? 0
      await store.searches.nearestEntities(vector(1), 1)
      await store.close()
      expect(await readdir(dir)).toContain('entities.index')
    })
    const expectFound = async () => {
      const store = await open()
      expect((await store.searches.nearestEntities(vector(-1), 1))[0]?.key).toBe(key)
      await store.close()
    }

    it('does not hide that vector when it has come', async () => {
      const store = await open()
      await store.graph.setVectors([{ key, vector: vector(-1) }], [])
      await store.close()
      await expectFound()
    })

    it('does not hide it either when the process ended before all had come', async () => {
      const connection = new Connection(openDatabase(dir))
      const sql = 'UPDATE entities SET owed = 0 WHERE entity = ? RETURNING label'
      const label = connection.get<{ label: number }>(sql, key)?.label ?? 0
      const bytes = vectorBytes(vector(-1))
      connection.run('INSERT INTO entity_vectors (label, vector) VALUES (?, ?)', label, bytes)
      connection.close()
      await expectFound()
    })
  })
})
