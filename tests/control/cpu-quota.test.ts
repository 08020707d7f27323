import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ControlServer, type Person, startControlServer } from './control-server.ts'

const LONG_MS = 240_000
/** Long enough for a thread of its own. */
const TEXT = Array.from(
  { length: 700 },
  (_, i) => `Ada ${i} of Harbour ${i % 70} met Tom ${i % 31} at the Pier ${i % 17}.`,
).join(' ')

describe.each(['0', '2'])('the processor that a tenant uses, with %s hosts of engines', (hosts) => {
  let server: ControlServer
  let acme: Person
  let globex: Person
  beforeEach(async () => {
    server = await startControlServer({ ENGINE_HOSTS: hosts })
    acme = await server.user('acme-owner')
    globex = await server.user('globex-owner')
    await acme.call('POST', '/api/v1/tenants', { body: { name: 'acme' } })
    await globex.call('POST', '/api/v1/tenants', { body: { name: 'globex' } })
  }, LONG_MS)
  afterEach(() => server.close(), LONG_MS)

  const bound = async (max_cpu_seconds_per_hour: number | null) => {
    const body = { max_cpu_seconds_per_hour }
    const { status } = await server.operator('PATCH', '/api/v1/tenants/acme/quota', { body })
    expect(status).toBe(200)
  }
  const insert = (from: number, texts: readonly string[]) =>
    acme.call('POST', '/documents/texts', {
      body: { texts, file_sources: texts.map((_, i) => `${from + i}.txt`) },
    })
  const upload = () => {
    const form = new FormData()
    form.set('file', new Blob([`<p>${TEXT}</p>`]), 'page.html')
    return acme.call('POST', '/documents/upload', { raw: form })
  }
  const ask = ({ call }: Person) =>
    call('POST', '/query/data', { body: { query: 'Who is Ada?', mode: 'mix' } })
  const usedBy = async (name: string): Promise<number> =>
    (await server.operator('GET', `/api/v1/tenants/${name}/quota`)).body.used.cpu_seconds
  const counts = async () => (await acme.call('GET', '/documents/status_counts')).body.status_counts

  it(
    'is metered by tenant, for calls, documents and their files, and shown',
    async () => {
      expect((await insert(0, [TEXT])).status).toBe(200)
      expect((await upload()).status).toBe(200)
      await expect.poll(async () => (await counts()).processed, { timeout: LONG_MS }).toBe(2)
      expect((await ask(acme)).status).toBe(200)
      expect((await ask(globex)).status).toBe(200)
      const shown = async (name: string) => {
        const path = `/api/v1/tenants/${name}/usage?group_by=kb`
        return (await server.operator('GET', path)).body.processor
      }
      await expect
        .poll(async () => (await shown('globex')).cpu_seconds, { timeout: LONG_MS })
        .toBeGreaterThan(0)
      const { rows, cpu_seconds } = await shown('acme')
      expect(rows.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
        'files',
        'loop',
        'texts',
      ])
      expect(cpu_seconds).toBeGreaterThan((await shown('globex')).cpu_seconds)
      expect(await usedBy('acme')).toBeGreaterThan(0)
      expect(await usedBy('acme')).toBeGreaterThan(await usedBy('globex'))
      const foreign = await globex.call('GET', '/api/v1/tenants/acme/usage')
      expect(foreign.status).toBe(404)
    },
    LONG_MS,
  )

  it(
    'is bounded: questions and documents are refused, what is taken in waits, and others go on',
    async () => {
      await bound(1)
      const texts = Array.from({ length: 8 }, (_, i) => `${TEXT.slice(0, 10_000)} Number ${i}.`)
      expect((await insert(0, texts)).status).toBe(200)
      await expect.poll(() => usedBy('acme'), { timeout: LONG_MS }).toBeGreaterThan(1)
      const refused = await ask(acme)
      expect(refused.status).toBe(429)
      expect(refused.body.detail).toBe('This tenant may take 1 seconds of the processor an hour')
      const retryAfter = Number(refused.headers.get('retry-after'))
      expect(retryAfter).toBeGreaterThan(3000)
      expect(retryAfter).toBeLessThanOrEqual(3600)
      expect((await insert(100, ['A small one.'])).status).toBe(429)
      // Those that were begun are finished, and no more are.
      await expect.poll(async () => (await counts()).processing, { timeout: LONG_MS }).toBe(0)
      const before = await counts()
      expect(before.pending).toBeGreaterThan(0)
      await sleep(1500)
      expect(await counts()).toEqual(before)
      expect(before.failed).toBe(0)
      expect((await ask(globex)).status).toBe(200)
      await bound(null)
      expect((await insert(200, ['The next one.'])).status).toBe(200)
      await expect.poll(async () => (await counts()).processed, { timeout: LONG_MS }).toBe(9)
    },
    LONG_MS,
  )
})
