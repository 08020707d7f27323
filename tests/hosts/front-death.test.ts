import { afterAll, expect, it } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import { ask, call, childrenOf, isAlive, keyOf, startHosted } from './hosted-server.ts'

const folder = await tempFolder()
afterAll(() => folder.remove())

it('leaves no process behind when the front is killed, also while the loop of a host stands still', async () => {
  // Nothing but the end of the front ends a host here.
  const server = await startHosted(folder, ['idle', 'stuck'], { HOST_STALL_CPU_SECONDS: '3600' })
  for (const place of ['idle', 'stuck']) {
    expect((await call(server, place, '/documents/status_counts')).status).toBe(200)
  }
  const text = 'The harbour has a lighthouse.'
  await call(server, 'stuck', '/documents/text', { text })
  const counts = async () => (await call(server, 'stuck', '/documents/status_counts')).body
  await expect.poll(counts).toMatch(/"processed":1/)
  const hosts = childrenOf(server.child.pid)
  expect(hosts).toHaveLength(2)
  const all = [...hosts, ...hosts.flatMap(childrenOf)]
  const stuck = ask(server, 'stuck', 'What does planthang mean?').catch(() => undefined)
  // It spends nothing but time now; whoever else asks it waits.
  const cancel = AbortSignal.timeout(2000)
  const waiting = fetch(`${server.url}/documents/status_counts`, {
    headers: { 'x-api-key': keyOf('stuck') },
    signal: cancel,
  }).catch((error: Error) => error.name)
  expect(await waiting).toBe('TimeoutError')
  await server.kill()
  await stuck
  await expect.poll(() => all.filter(isAlive)).toEqual([])
})
