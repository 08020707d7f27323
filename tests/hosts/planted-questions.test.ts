import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RealProcess } from '../server/real-process.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'
import {
  ask,
  call,
  childrenOf,
  isAlive,
  keepAsking,
  startHosted,
  type Told,
} from './hosted-server.ts'

/** `HOST_FAULTS=all` also has the heap filled, and a native crash. */
const HOWS =
  process.env.HOST_FAULTS === 'all' ? ['hang', 'abort', 'heap', 'segv'] : ['hang', 'abort']
const QUESTION = 'Which harbour has a lighthouse?'
const PLACES = ['culprit', 'far', 'near'] as const
let folder: TempFolder
let server: RealProcess

beforeEach(async () => {
  folder = await tempFolder()
  server = await startHosted(folder, PLACES)
  // In this order the first and the last are served by one host, and the other by another.
  for (const place of PLACES) {
    const text = `The harbour of ${place} has a lighthouse.`
    expect((await call(server, place, '/documents/text', { text })).status).toBe(200)
    await expect
      .poll(async () => (await call(server, place, '/documents/status_counts')).body)
      .toMatch(/"processed":1/)
    expect((await ask(server, place, QUESTION)).body).toContain(place)
  }
})

afterEach(async () => {
  await server.kill()
  await folder.remove()
})

function isAnswered(place: string, told: Told): boolean {
  return told.status === 200 && told.body.includes(place)
}

describe('a question that ends its host', () => {
  it.each(HOWS)(
    '(%s) is not asked again, disturbs nobody for long, and after the second is asked alone',
    async (how) => {
      const pid = server.child.pid ?? 0
      const before = childrenOf(pid)
      for (const time of [1, 2]) {
        const near = keepAsking(server, 'near', QUESTION)
        const far = keepAsking(server, 'far', QUESTION)
        const culprit = await ask(server, 'culprit', `What does plant${how} mean, ${time}?`)
        expect(culprit).toMatchObject({ status: 503, retryAfter: '1' })
        expect(culprit.body).toContain('has ended by it')
        const [nearTold, farTold] = [await near(), await far()]
        expect(farTold.filter((told) => !isAnswered('far', told))).toEqual([])
        // Each was asked again of the successor, which has the same workspaces.
        expect(nearTold.filter((told) => !isAnswered('near', told))).toEqual([])
      }
      const settled = childrenOf(pid).filter((child) => !before.includes(child))
      expect(settled.length).toBeGreaterThan(0)
      const shared = childrenOf(pid)
      const near = keepAsking(server, 'near', QUESTION)
      const third = await ask(server, 'culprit', `What does plant${how} mean, at last?`)
      expect(third.status).toBe(503)
      const told = await near()
      expect(told.filter((one) => !isAnswered('near', one))).toEqual([])
      // What it ended now was a host of its own.
      expect(shared.filter((child) => !isAlive(child))).toEqual([])
      const refused = await ask(server, 'culprit', QUESTION)
      expect(refused.status === 503 ? refused.retryAfter : refused.body).toMatch(/^\d+$|culprit/)
      await expect
        .poll(async () => (await ask(server, 'culprit', QUESTION)).body)
        .toContain('culprit')
      expect(server.child.exitCode).toBeNull()
      expect(isAlive(pid)).toBe(true)
    },
  )
})
