import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeHead, encodeHead, type HnswHead } from '../../src/vectors/hnsw/hnsw-head.ts'
import {
  countedLibrary,
  randomVector,
  recall,
  seeded,
  Vectors,
  type VectorsOptions,
} from './vector-harness.ts'

const DIMENSION = 16
const MANY = 800
/** Fewer are not worth another save at closing. */
const FEW = 50

describe('the index file of a sqlite store', () => {
  let root: string
  let dir: string
  let random: () => number
  let library: ReturnType<typeof countedLibrary>
  const opened: Vectors[] = []
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'index-file-'))
    dir = await mkdtemp(join(root, 'store-'))
    random = seeded(11)
  })
  afterEach(async () => {
    for (const vectors of opened.splice(0)) await vectors.close().catch(() => undefined)
    await rm(root, { recursive: true })
  })

  const some = (count: number, dimension = DIMENSION) =>
    Array.from({ length: count }, () => randomVector(random, dimension))
  const one = () => randomVector(random, DIMENSION)

  const open = async (options: Partial<VectorsOptions> = {}) => {
    library = countedLibrary()
    const vectors = new Vectors({ dir, loadLibrary: library.loadLibrary, ...options })
    opened.push(vectors)
    return vectors.load()
  }

  /** A closed store with a saved graph of its vectors. */
  const saved = async (options: Partial<VectorsOptions> = {}, count = MANY) => {
    const vectors = await open(options)
    const vectorIds = vectors.publish(some(count, vectors.dimension))
    await vectors.close()
    // The graph is not complete when it is closed at once; the next opening completes it.
    const again = await open(options)
    await again.table.atRest()
    await again.close()
    return vectorIds
  }

  const file = (folder = dir) => join(folder, 'chunks.hnsw')
  const headFile = (folder = dir) => `${file(folder)}.head`

  const expectFound = async (vectors: Vectors) => {
    let sum = 0
    for (let round = 0; round < 20; round++) {
      const query = one()
      sum += recall(await vectors.search(query, 10), vectors.exact(query, 10))
    }
    expect(sum / 20).toBeGreaterThan(0.99)
  }

  /** That searches are exact at once, and that the next opening finds a good file again. */
  const expectRebuilt = async (options: Partial<VectorsOptions> = {}) => {
    const vectors = await open(options)
    const query = one()
    expect(await vectors.search(query, 40)).toEqual(vectors.exact(query, 40))
    expect(library.counts).toMatchObject({ read: 0, searched: 0 })
    await vectors.table.atRest()
    expect(library.counts.built).toBe(1)
    await expectFound(vectors)
    await vectors.close()
    await expectLoaded(options)
  }

  const expectLoaded = async (options: Partial<VectorsOptions> = {}) => {
    const vectors = await open(options)
    await vectors.table.atRest()
    expect(library.counts).toMatchObject({ read: 1, built: 0, added: 0 })
    await expectFound(vectors)
    expect(library.counts.searched).toBeGreaterThan(0)
    await vectors.close()
  }

  const changeHead = async (change: (head: HnswHead) => Partial<HnswHead>) => {
    const head = decodeHead(await readFile(headFile()))
    if (head === null) throw new Error('there is no head')
    await writeFile(headFile(), encodeHead({ ...head, ...change(head) }))
  }

  const flipBit = async (path: string, place: number) => {
    const bytes = await readFile(path)
    const at = Math.floor(place * (bytes.length - 1))
    bytes[at] = (bytes[at] ?? 0) ^ 4
    await writeFile(path, bytes)
  }

  it('spares the next opening the building', async () => {
    await saved()
    expect((await readdir(dir)).filter((name) => name.includes('hnsw'))).toEqual([
      'chunks.hnsw',
      'chunks.hnsw.head',
    ])
    await expectLoaded()
  })

  it.each<[string, () => Promise<unknown>]>([
    ['is missing', () => rm(file())],
    ['has no head', () => rm(headFile())],
    ['is empty', () => truncate(file(), 0)],
    ['has an empty head', () => truncate(headFile(), 0)],
    ['is cut short', async () => truncate(file(), (await stat(file())).size - 1)],
    ['is cut in half', async () => truncate(file(), (await stat(file())).size / 2)],
    ['has a head cut short', async () => truncate(headFile(), (await stat(headFile())).size - 8)],
    ['has a flipped bit at its start', () => flipBit(file(), 0)],
    ['has a flipped bit in its middle', () => flipBit(file(), 0.5)],
    ['has a flipped bit at its end', () => flipBit(file(), 1)],
    ['has a head with a flipped bit', () => flipBit(headFile(), 0.5)],
    [
      'comes from the future',
      () => changeHead(({ generation }) => ({ generation: generation + 1 })),
    ],
    ['comes from another model', () => changeHead(() => ({ embedding: 'test/another' }))],
    ['says that it has another dimension', () => changeHead(() => ({ dimension: DIMENSION * 2 }))],
    [
      'is said to have more vectors than it has',
      () => changeHead(({ vectorIds }) => ({ vectorIds: [...vectorIds, 99_999] })),
    ],
  ])('is made anew when it %s', async (_fault, fault) => {
    await saved()
    await fault()
    await expectRebuilt()
  })

  it('is made anew when it has another dimension, whatever its head says', async () => {
    const dimension = DIMENSION / 2
    const other = await mkdtemp(join(root, 'other-'))
    await saved({ dir: other, dimension })
    await saved()
    await cp(file(other), file())
    const head = decodeHead(await readFile(headFile(other)))
    await changeHead(() => ({ bytes: head?.bytes ?? 0, sha256: head?.sha256 ?? '' }))
    await expectRebuilt()
  })

  it('is made anew when an older database was put back beside it', async () => {
    const first = await saved({}, 900)
    await cp(dir, join(root, 'backup'), { recursive: true })
    const vectors = await open()
    vectors.publish(some(600))
    await vectors.table.atRest()
    await vectors.close()
    await cp(join(root, 'backup', 'rag.db'), join(dir, 'rag.db'))
    // Without a search in between, so that nothing looks at the file before it seems current.
    const restored = new Vectors({ dir, loadLibrary: async () => null })
    opened.push(restored)
    for (let change = 0; change < 5; change++) restored.publish(some(40))
    await restored.close()
    const again = await open()
    const query = one()
    expect(first).toHaveLength(900)
    expect(library.counts.read).toBe(1)
    expect(await again.search(query, 40)).toEqual(again.exact(query, 40))
    expect(library.counts.searched).toBe(0)
  })

  it('is taken up after a crash, with what came and went since', async () => {
    const vectorIds = await saved()
    const vectors = await open()
    const added = some(FEW)
    const fresh = vectors.publish(added, vectorIds.slice(0, 100))
    vectors.sweep(vectorIds.slice(0, 50))
    await vectors.table.atRest()
    // A crash: nothing is saved.
    vectors.connection.close()
    const again = await open()
    for (const [index, vector] of added.entries()) {
      expect(await again.search(vector, 1)).toEqual([fresh[index]])
    }
    await expectFound(again)
    await again.table.atRest()
    expect(library.counts).toMatchObject({ read: 1, built: 0, added: FEW })
    await expectFound(again)
  })

  it('has what was built when the store closes, and the next opening goes on from there', async () => {
    const vectors = await open()
    vectors.publish(some(MANY))
    while (library.counts.added < MANY / 2) {
      await nextTurn()
    }
    await vectors.close()
    const { added } = library.counts
    expect(added).toBeLessThan(MANY)
    const again = await open()
    await expectFound(again)
    await again.table.atRest()
    expect(library.counts).toMatchObject({ read: 1, built: 0, added: MANY - added })
    await expectFound(again)
  })

  it('is not written for so few new vectors that replaying them is cheaper', async () => {
    await saved()
    const { mtimeMs } = await stat(file())
    const vectors = await open()
    vectors.publish(some(FEW))
    await vectors.table.atRest()
    await vectors.close()
    expect((await stat(file())).mtimeMs).toBe(mtimeMs)
    const again = await open()
    again.publish(some(400))
    await again.table.atRest()
    await again.close()
    expect((await stat(file())).mtimeMs).toBeGreaterThan(mtimeMs)
    await expectLoaded()
  })

  it('is not believed when a crash has left only half of a newer one', async () => {
    await saved()
    await cp(file(), join(root, 'older'))
    const vectors = await open()
    vectors.publish(some(500))
    await vectors.table.atRest()
    await vectors.close()
    await cp(join(root, 'older'), file())
    await expectRebuilt()
  })

  it('does without when the folder cannot be written', async () => {
    const indexDir = join(root, 'nowhere')
    await saved({ indexDir })
    const vectors = await open({ indexDir })
    await vectors.table.atRest()
    expect(library.counts).toMatchObject({ read: 0, built: 1 })
    await expectFound(vectors)
  })

  it('is written in full or not at all', async () => {
    const vectors = await open({
      loadLibrary: async () => {
        const real = await library.loadLibrary()
        if (real === null) return null
        class Silent extends real.HierarchicalNSW {
          override async writeIndex(path: string) {
            await super.writeIndex(path)
            await truncate(path, (await stat(path)).size - 100)
            return true
          }
        }
        return { HierarchicalNSW: Silent }
      },
    })
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    await expectFound(vectors)
    await vectors.close()
    expect((await readdir(dir)).filter((name) => name.includes('hnsw'))).toEqual([])
  })

  /** Writes until it is told to `finish`; `isWriting` says when. */
  const slowLibrary = () => {
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const state = { isWriting: false, finish }
    const loadLibrary = async () => {
      const real = await countedLibrary().loadLibrary()
      if (real === null) return null
      class Slow extends real.HierarchicalNSW {
        override async writeIndex(path: string) {
          state.isWriting = true
          await super.writeIndex(path)
          await finished
          state.isWriting = false
          return true
        }
      }
      return { HierarchicalNSW: Slow }
    }
    return { state, loadLibrary }
  }

  it('waits for nothing: vectors may come and go while it is written', async () => {
    const { state, loadLibrary } = slowLibrary()
    const vectors = await open({ loadLibrary })
    const vectorIds = vectors.publish(some(MANY))
    while (!state.isWriting) await nextTurn()
    const newcomer = one()
    const [fresh] = vectors.publish([newcomer], vectorIds.slice(0, 20))
    vectors.sweep(vectorIds.slice(0, 20))
    expect(await vectors.search(newcomer, 1)).toEqual([fresh])
    expect(state.isWriting).toBe(true)
    state.finish()
    await expectFound(vectors)
    await vectors.close()
    const again = await open()
    expect(library.counts.read).toBe(1)
    expect(await again.search(newcomer, 1)).toEqual([fresh])
    await expectFound(again)
  })

  it('is finished before the store is closed', async () => {
    const { state, loadLibrary } = slowLibrary()
    const vectors = await open({ loadLibrary })
    vectors.publish(some(MANY))
    while (!state.isWriting) await nextTurn()
    let isClosed = false
    const closed = vectors.close().then(() => {
      isClosed = true
    })
    for (let turn = 0; turn < 50; turn++) await nextTurn()
    expect(isClosed).toBe(false)
    state.finish()
    await closed
    expect(state.isWriting).toBe(false)
    await expectLoaded()
  })
})
