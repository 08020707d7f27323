import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { patientFetch, retryAfterMs } from '../../src/demo/patient-fetch.ts'
import { RagClient } from '../../src/demo/rag-client.ts'
import { EvalClient } from '../eval/eval-client.ts'

/** A server that answers each request with the next of these, then with 200. */
async function busyServer(refusals: readonly [status: number, retryAfter: string | null][]) {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const [status, retryAfter] = refusals[bodies.length] ?? [200, null]
    bodies.push(body)
    if (retryAfter !== null) response.setHeader('retry-after', retryAfter)
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(status === 200 ? '{"documents":[],"data":{"chunks":[]}}' : '{"detail":"busy"}')
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

it('a client comes back when a busy server says when, with the same body', async () => {
  const { url, bodies } = await busyServer([
    [503, '0'],
    [429, '0'],
  ])
  const reply = await patientFetch(url, { method: 'POST', body: 'question' })
  expect(reply.status).toBe(200)
  expect(bodies).toEqual(['question', 'question', 'question'])
})

it('a client leaves it at a refusal that names no time, and in the end at any', async () => {
  const silent = await busyServer([[503, null]])
  expect((await patientFetch(silent.url)).status).toBe(503)
  expect(silent.bodies).toHaveLength(1)
  const refused = await busyServer([[403, '0']])
  expect((await patientFetch(refused.url)).status).toBe(403)
  const busy = await busyServer(Array.from({ length: 20 }, () => [503, '0']))
  expect((await patientFetch(busy.url)).status).toBe(503)
  expect(busy.bodies).toHaveLength(10)
})

it('the demo and the measurement come back', async () => {
  const demo = await busyServer([[503, '0']])
  expect(await new RagClient(demo.url, 'key').documents()).toEqual([])
  const measured = await busyServer([[503, '0']])
  expect(await new EvalClient(measured.url).search('what', 'mix')).toEqual([])
})

it.each([
  ['2', 2000],
  ['0', 100],
  ['9999999', 30_000],
  ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
  ['Thu, 01 Jan 2099 00:00:00 GMT', 30_000],
  ['Thu, 01 Jan 2020 00:00:00 GMT', 100],
  ['soon', null],
  ['', null],
])('Retry-After: %s is a wait of %s ms', (value, ms) => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const headers = new Headers(value === '' ? {} : { 'retry-after': value })
  expect(retryAfterMs({ headers }, now)).toBe(ms)
})
