import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RealProcess } from '../server/real-process.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'
import { ask, call, childrenOf, isAlive, keepAsking, startHosted } from './hosted-server.ts'

/** `HOST_FAULTS=all` has every step also stand still, and the heap filled. */
const ALL = process.env.HOST_FAULTS === 'all'
const HOWS = ALL ? ['abort', 'hang', 'heap'] : ['abort']
const STEPS = ALL ? ['read', 'extract', 'embed', 'merge', 'store'] : ['read', 'merge']
const QUESTION = 'Which harbour has a lighthouse?'
let folder: TempFolder
let server: RealProcess

beforeEach(async () => {
  folder = await tempFolder()
})

afterEach(async () => {
  await server.kill()
  await folder.remove()
})

async function insert(place: string): Promise<void> {
  const text = `The harbour of ${place} has a lighthouse.`
  const told = await call(server, place, '/documents/text', { text })
  expect(told).toMatchObject({ status: 200 })
}

/** The first is served by one host, the second by the other, and so on. */
async function placeInTurn(places: readonly string[]): Promise<void> {
  for (const place of places) {
    expect((await call(server, place, '/documents/status_counts')).status).toBe(200)
  }
}

async function isProcessed(place: string): Promise<void> {
  const counts = async () => (await call(server, place, '/documents/status_counts')).body
  await expect.poll(counts).toMatch(/"processed":1/)
}

describe('a document that ends its host', () => {
  it.each(HOWS)(
    '(%s) at any step fails after the second, while the other host answers everybody',
    async (how) => {
      const plants = STEPS.map((step) => `plant-${how}-${step}`)
      const others = plants.map((_, i) => `other${i}`)
      const order = ['near', 'far', ...plants.flatMap((plant, i) => [plant, others[i] ?? ''])]
      server = await startHosted(folder, order)
      await placeInTurn(order)
      for (const place of ['near', 'far']) {
        await insert(place)
        await isProcessed(place)
      }
      const pid = server.child.pid ?? 0
      const before = childrenOf(pid)
      const near = keepAsking(server, 'near', QUESTION)
      const far = keepAsking(server, 'far', QUESTION)
      for (const plant of plants) {
        // Taken in, whether or not there was time to say so.
        const text = `The harbour of ${plant} has a lighthouse.`
        expect([200, 503]).toContain(
          (await call(server, plant, '/documents/text', { text })).status,
        )
        const listed = async () =>
          (await call(server, plant, '/documents/paginated', { page_size: 10 })).body
        await expect.poll(listed).toMatch(/"status":"failed".*ended 2 servers in a row/)
      }
      const [nearTold, farTold] = [await near(), await far()]
      expect(farTold.filter(({ status, body }) => status !== 200 || !body.includes('far'))).toEqual(
        [],
      )
      const unlike = nearTold.filter(({ status, body, retryAfter }) =>
        status === 200 ? !body.includes('near') : status !== 503 || retryAfter === null,
      )
      expect(unlike).toEqual([])
      expect(nearTold.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
      expect(isAlive(pid)).toBe(true)
      // One of the two hosts is as it was.
      expect(before.filter(isAlive).length).toBeGreaterThan(0)
      // What was sent while hosts ended is there, once.
      for (const place of ['near', 'far']) {
        expect((await call(server, place, '/documents/status_counts')).body).toMatch(/"all":1\b/)
      }
    },
  )
})

describe('an opening that ends its host', () => {
  it('is done without the files that can be made again, and the question is answered', async () => {
    const place = 'plant-abort-file'
    server = await startHosted(folder, [place])
    await insert(place)
    await isProcessed(place)
    await server.stop()
    // An index of vectors that takes its reader with it.
    await writeFile(join(folder.path, 'rag_storage', place, 'chunks.hnsw.head'), 'not an index')
    server = await startHosted(folder, [place])
    expect((await ask(server, place, QUESTION)).body).toContain(`harbour of ${place}`)
    expect(server.output()).toContain('has ended by what it worked on')
  })

  it('is done alone after the second time, and nobody else waits for it', async () => {
    const place = 'plant-abort-open'
    server = await startHosted(folder, [place, 'far', 'near'])
    await placeInTurn(['far'])
    const first = await ask(server, place, QUESTION)
    expect(first).toMatchObject({ status: 503 })
    expect(first.retryAfter).not.toBeNull()
    await placeInTurn(['near'])
    for (const near of ['far', 'near']) {
      await insert(near)
      await isProcessed(near)
    }
    const shared = childrenOf(server.child.pid)
    for (let time = 0; time < 2; time++) {
      expect(await ask(server, place, QUESTION)).toMatchObject({ status: 503 })
    }
    for (const near of ['far', 'near']) {
      expect((await ask(server, near, QUESTION)).body).toContain(near)
    }
    expect(shared.filter((pid) => !isAlive(pid))).toEqual([])
  })
})
