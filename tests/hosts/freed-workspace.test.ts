import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RealProcess } from '../server/real-process.ts'
import { type TempFolder, tempFolder } from '../server/temp-folder.ts'
import { ask, call, childrenOf, OPERATORS_PLACE, startHosted } from './hosted-server.ts'

const PLACE = 'culprit'
const ENGINES = '/api/v1/admin/engines'
let folder: TempFolder
let server: RealProcess

beforeEach(async () => {
  folder = await tempFolder()
  server = await startHosted(folder, [PLACE, OPERATORS_PLACE], { ENABLE_MULTI_TENANTS: 'true' })
})

afterEach(async () => {
  await server.kill()
  await folder.remove()
})

const hosts = () => childrenOf(server.child.pid).length

async function endHost(question: string): Promise<void> {
  expect(await ask(server, PLACE, `What does plantabort mean, ${question}?`)).toMatchObject({
    status: 503,
  })
}

async function isAnswered(): Promise<void> {
  const answer = async () => (await ask(server, PLACE, 'Which harbour has a lighthouse?')).body
  await expect.poll(answer).toContain(PLACE)
}

async function isQuarantined(): Promise<boolean> {
  const { body } = await call(server, OPERATORS_PLACE, ENGINES)
  const { items } = JSON.parse(body) as { items: { workspace: string; quarantined: boolean }[] }
  return items.some(({ workspace, quarantined }) => workspace === PLACE && quarantined)
}

async function free(): Promise<unknown> {
  return JSON.parse((await call(server, OPERATORS_PLACE, `${ENGINES}/${PLACE}/free`, {})).body)
}

it('is served among the others again, with nothing held against it', async () => {
  const text = `The harbour of ${PLACE} has a lighthouse.`
  await call(server, PLACE, '/documents/text', { text })
  await isAnswered()
  await endHost('first')
  await endHost('second')
  await isAnswered()
  // Two for all, and one for it alone.
  await expect.poll(hosts).toBe(3)
  expect(await isQuarantined()).toBe(true)
  expect(await free()).toEqual({ workspace: PLACE, was_quarantined: true })
  await expect.poll(hosts).toBe(2)
  await isAnswered()
  expect([hosts(), await isQuarantined()]).toEqual([2, false])
  expect(await free()).toEqual({ workspace: PLACE, was_quarantined: false })
  await endHost('third')
  await isAnswered()
  expect([hosts(), await isQuarantined()]).toEqual([2, false])
})
