import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ruleOf } from '../../src/tenancy/permissions.ts'
import { WITH_TENANTS, withServer } from '../contract/api-description.ts'
import { HOSTILE_BODIES, type HostileBody } from '../contract/hostile-bodies.ts'
import { ROUTE_PERMISSIONS } from '../contract/route-permissions.ts'
import { type BodyAnswer, type SentBody, sendBody } from '../contract/send-body.ts'
import { routeTable } from '../isolation/route-table.ts'
import { type RealProcess, startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const KB = 1024
const MB = KB * KB
/** What the bodies of strangers are held to, and what the system may have taken off their hands. */
const SMALL = 16 * KB
const ON_THE_WAY = 8 * MB
const SIZES = [100, 15 * KB, 17 * KB, MB]
const HEAP_MB = 96

const WITH_BODY = ['POST', 'PUT', 'PATCH', 'DELETE']
const accessTo = (route: string) => {
  const [method = '', url = ''] = route.split(' ')
  return ruleOf(ROUTE_PERMISSIONS, method, url)?.access
}
const pathOf = (url: string) => url.replaceAll(/:\w+/g, 'x').replaceAll('*', 'x')

describe('a stranger, with any body and any length of it', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let server: RealProcess
  let routes: string[]
  let sent = 0
  let lost = 0

  beforeAll(async () => {
    routes = (await withServer((app) => routeTable(app), WITH_TENANTS)).filter((route) =>
      WITH_BODY.some((method) => route.startsWith(`${method} `)),
    )
    folder = await tempFolder()
    server = await startRealProcess(folder.path, {
      ...WITH_TENANTS,
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    })
  })
  afterAll(async () => {
    await server?.kill()
    await folder?.remove()
  })

  const send = (route: string, request: Omit<SentBody, 'method' | 'path' | 'from'>) => {
    const [method = '', url = ''] = route.split(' ')
    // Some routes count by address.
    const from = `127.0.${1 + ((sent >> 4) % 200)}.1`
    sent++
    return sendBody(server.url, { method, path: pathOf(url), from, ...request })
  }
  const headersOf = ({ contentType, encoding }: HostileBody): Record<string, string> => ({
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  })
  const expectRefusal = (what: string, { status, text }: BodyAnswer) => {
    expect([what, status, text.slice(0, 200)]).toEqual([
      what,
      expect.toSatisfy((code: number) => code >= 400 && code < 500),
      expect.stringContaining('{'),
    ])
  }

  const refused = async (
    route: string,
    hostile: HostileBody,
    body: Buffer | number,
    chunked = false,
  ) => {
    const request = { headers: headersOf(hostile), body, chunked }
    let answer = await send(route, request)
    if (answer.status === 0) {
      // What was on its way when the connection was closed can take the answer with it.
      lost++
      answer = await send(route, request)
    }
    const length = typeof body === 'number' ? body : body.length
    const what = `${route}: ${length} bytes of ${hostile.name}${chunked ? ', chunked' : ''}`
    expectRefusal(what, answer)
    expect([what, answer.sent < SMALL + ON_THE_WAY]).toEqual([what, true])
  }

  it('is refused at once by every route that is open to them', async () => {
    const open = routes.filter((route) => ['public', 'optional'].includes(accessTo(route) ?? ''))
    expect(open).toEqual(expect.arrayContaining(['POST /login', 'POST /api/v1/invitations/accept']))
    const before = sent
    for (const hostile of HOSTILE_BODIES) {
      for (const size of SIZES) {
        const body = hostile.of(size)
        for (const route of open) {
          // Of a body that is not too long, somebody wants to see what is in it.
          await refused(route, hostile, body.length > SMALL ? 45 * body.length : body)
          await refused(route, hostile, body, true)
        }
      }
    }
    expect(sent - before).toBeGreaterThan(300)
    expect(lost).toBeLessThan(5)
  })

  it('is refused by every other route before a byte of it is read', async () => {
    const others = routes.filter((route) => !['public', 'optional'].includes(accessTo(route) ?? ''))
    expect(others.length).toBeGreaterThan(80)
    const body = Buffer.alloc(16 * MB)
    const headers = { 'content-type': 'application/json' }
    for (const route of others) {
      expectRefusal(route, await send(route, { headers, body: 45 * MB }))
      const trickling = await send(route, { headers, body, chunked: true })
      expectRefusal(`${route}, chunked`, trickling)
      expect([route, trickling.sent < ON_THE_WAY]).toEqual([route, true])
    }
  })

  it('neither ends the server nor makes it grow', async () => {
    const hostile = HOSTILE_BODIES[0] as HostileBody
    const body = hostile.of(45 * MB)
    const headers = headersOf(hostile)
    await Promise.all(
      Array.from({ length: 20 }, () => send('POST /api/v1/invitations/accept', { headers, body })),
    )
    expect(server.child.exitCode).toBeNull()
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8')
    const peakMb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / KB
    console.log(`${sent} bodies of strangers: at most ${Math.round(peakMb)} MB`)
    expect(peakMb).toBeLessThan(4 * HEAP_MB)
  })
})
