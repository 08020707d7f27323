import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import type { Answer } from './http-call.ts'
import { type Ids, ROUTE_CASES, type RouteCase } from './route-cases.ts'
import { routeTable } from './route-table.ts'
import {
  canariesIn,
  fill,
  HOST_SUFFIX,
  INTRUDER,
  inventedIds,
  OWNER,
  pause,
  type Running,
  startFor,
} from './two-companies.ts'

const KEY = { 'x-api-key': INTRUDER.key }

const STRANGER = 'refused'

interface Attempt {
  readonly what: string
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  readonly event: string
}

/** Ways of reaching for the owner's workspace; every one is refused, whatever the route. */
function attempts(ownerToken: string): Attempt[] {
  const named = { 'lightrag-workspace': OWNER.workspace }
  const denied = { status: 403, event: 'cross_workspace' }
  const at = (headers: Record<string, string>) => ({ ...KEY, ...headers })
  return [
    { what: 'naming the workspace', headers: at(named), ...denied },
    { what: 'naming the tenant', headers: at({ 'x-tenant-id': OWNER.workspace }), ...denied },
    {
      what: 'naming the pair that means the first one elsewhere',
      headers: at({ 'x-tenant-id': 'default', 'x-kb-id': 'default' }),
      ...denied,
    },
    {
      what: 'naming a knowledge base',
      headers: at({ 'x-kb-id': OWNER.workspace }),
      status: 404,
      event: 'cross_workspace',
    },
    {
      what: 'calling at the host of the tenant',
      headers: at({ host: `${OWNER.workspace}.${HOST_SUFFIX}` }),
      ...denied,
    },
    {
      what: 'naming both workspaces',
      headers: at({ ...named, 'x-tenant-id': INTRUDER.workspace }),
      status: 400,
      event: 'cross_workspace',
    },
    {
      what: 'showing two credentials',
      headers: at({ authorization: `Bearer ${ownerToken}` }),
      status: 403,
      event: 'cross_user',
    },
    { what: 'showing no credential', headers: named, status: 401, event: STRANGER },
    {
      what: 'showing a wrong key',
      headers: { 'x-api-key': `${OWNER.key}0` },
      status: 401,
      event: STRANGER,
    },
    {
      what: 'showing a wrong token',
      headers: { authorization: `Bearer ${ownerToken.slice(0, -4)}AAAA` },
      status: 401,
      event: STRANGER,
    },
  ]
}

let folder: Awaited<ReturnType<typeof tempFolder>>
let running: Running
let registered: string[]
let routes: string[]
let owned: Ids
let ownerToken: string

beforeAll(async () => {
  folder = await tempFolder()
  const first = await startFor(folder.path)
  registered = routeTable(first.server.app)
  // In the order of the cases: what destroys most comes last.
  routes = Object.keys(ROUTE_CASES).filter((route) => registered.includes(route))
  owned = await fill(first, OWNER)
  await fill(first, INTRUDER)
  await first.server.close()
  running = await startFor(folder.path)
  const form = new URLSearchParams({ username: OWNER.username, password: OWNER.password })
  const login = await fetch(`${running.server.url}/login`, { method: 'POST', body: form })
  ownerToken = ((await login.json()) as { access_token: string }).access_token
})
afterAll(async () => {
  await running?.server.close()
  await folder?.remove()
})

const caseOf = (route: string) => ROUTE_CASES[route] as RouteCase
const gentle = () => {
  const kept = routes.filter((route) => caseOf(route)?.destroys !== true)
  return [
    ...kept.filter((route) => !caseOf(route).inserts),
    ...kept.filter((route) => caseOf(route).inserts),
  ]
}
const methodOf = (route: string) => route.split(' ')[0] as string
const ownersEngine = async () =>
  (await running.server.gauges()).engines.find(({ workspace }) => workspace === OWNER.workspace)

/** Calls a route, and holds what came back and what was logged against the owner's words. */
async function reach(route: string, ids: Ids, headers: Record<string, string>): Promise<Answer> {
  const logged = running.log.length
  const answer = await running.call(methodOf(route), caseOf(route).call(ids), headers)
  const sent = answer.sent
  const where = `${route} ${JSON.stringify(headers)}`
  expect(canariesIn(answer.text, sent), `body of ${where}`).toEqual([])
  expect(canariesIn(JSON.stringify(answer.headers), sent), `headers of ${where}`).toEqual([])
  const lines = running.log.slice(logged).filter((line) => !tellsOfOwnDocument(line))
  expect(canariesIn(lines.join(''), sent), `log of ${where}`).toEqual([])
  return answer
}

/** What the intruder stored under the owner's names is the intruder's, and the log tells how it fares. */
function tellsOfOwnDocument(line: string): boolean {
  const { workspace, msg } = JSON.parse(line) as { workspace?: string; msg?: string }
  return workspace === INTRUDER.workspace && msg?.startsWith('document ') === true
}

it('declares a case for every route that the server has', () => {
  expect(registered.length).toBeGreaterThan(20)
  expect(registered.filter((route) => ROUTE_CASES[route] === undefined)).toEqual([])
})

/** One round of all attempts on all routes; destructive ones as well, for none may get through. */
async function refuseAll(): Promise<void> {
  const expected = new Map<string, string>()
  const before = await ownersEngine()
  for (const route of routes) {
    const { access } = caseOf(route)
    if (access === 'public') continue
    for (const [number, attempt] of attempts(ownerToken).entries()) {
      const id = `t-${expected.size}-${Date.now()}`
      const answer = await reach(route, owned, { ...attempt.headers, 'x-request-id': id })
      const anonymous = access === 'optional' && attempt.what === 'showing no credential'
      expect(answer.status, `${route}, ${attempt.what} (${number}): ${answer.text}`).toBe(
        anonymous ? 200 : attempt.status,
      )
      if (!anonymous) expected.set(id, attempt.event)
    }
  }
  expect(await ownersEngine()).toEqual(before)
  const lines = await running.auditLines()
  let strangers = 0
  for (const [id, event] of expected) {
    const events = lines.filter(({ request }) => request === id).map((line) => line.event)
    // Strangers are counted together: the first of a kind is a line, the others are a number.
    if (event === STRANGER) strangers += events.length
    else expect(events, id).toEqual([event])
  }
  expect(strangers).toBeLessThan(5)
  expect(canariesIn(JSON.stringify(lines), '')).toEqual([])
}

/** A caller who stays in their own workspace and uses the ids of another. */
async function seeNothing(): Promise<void> {
  const before = await ownersEngine()
  const invented = inventedIds(owned)
  for (const route of gentle()) {
    const own = await reach(route, owned, KEY)
    const other = await reach(route, invented, KEY)
    expect(own.status, `${route}: ${own.text}`).toBe(other.status)
    expect(own.status, `${route}: ${own.text}`).toBeLessThan(504)
    expect(own.status, `${route}: ${own.text}`).not.toBe(500)
  }
  expect(await ownersEngine()).toEqual(before)
  // What they stored under the owner's names is theirs; the next round starts without it.
  for (;;) {
    const cleared = await running.call('DELETE', { path: '/documents' }, KEY)
    if (JSON.parse(cleared.text).status === 'success') break
    await pause()
  }
  // So does the history of their pipeline, which tells of one job at a time.
  await fill(running, INTRUDER)
}

describe('with the owner’s workspace closed', () => {
  it('refuses every way of reaching for it, on every route, and writes each down once', async () => {
    await refuseAll()
    expect(await ownersEngine()).toBeUndefined()
  }, 300_000)

  it('shows nothing of it to who knows its ids', async () => {
    await seeNothing()
    expect(await ownersEngine()).toBeUndefined()
  }, 300_000)
})

describe('with the owner’s workspace open and used', () => {
  let graph: string
  const owner = { 'x-api-key': OWNER.key }
  const wholeGraph = async () =>
    (await running.call('GET', { path: '/graphs?label=*' }, owner)).text

  beforeAll(async () => {
    graph = await wholeGraph()
    expect(graph).toContain(OWNER.entity)
  })

  it(
    'refuses every way of reaching for it, on every route, and writes each down once',
    () => refuseAll(),
    300_000,
  )

  it('shows nothing of it to who knows its ids', () => seeNothing(), 300_000)

  it('lets an intruder destroy what is their own and nothing else', async () => {
    for (const route of routes.filter((route) => caseOf(route).destroys)) {
      const { status, text } = await reach(route, owned, KEY)
      expect(status, `${route}: ${text}`).toBeLessThan(500)
    }
    expect(await wholeGraph()).toBe(graph)
  })

  it('answers the owner, who makes the very same calls', async () => {
    const order = [...gentle(), ...routes.filter((route) => caseOf(route).destroys)]
    for (const route of order) {
      const { call, owner: statuses = [200] } = caseOf(route)
      const answer = await running.call(methodOf(route), call(owned), owner)
      expect(statuses, `${route}: ${answer.status} ${answer.text}`).toContain(answer.status)
    }
  }, 300_000)
})
