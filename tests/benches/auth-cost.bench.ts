import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import autocannon from 'autocannon'
import Fastify, { type FastifyInstance } from 'fastify'
import { context } from '../../src/tenancy/context.ts'
import { DirectoryAuthenticator } from '../../src/tenancy/directory-authenticator.ts'
import { EnginePool } from '../../src/tenancy/pool.ts'
import { createProxy } from '../../src/tenancy/proxy.ts'
import { tenancy } from '../../src/tenancy/tenancy.ts'
import { registerTokens } from '../../src/tenancy/token.ts'
import { UsersFile } from '../../src/tenancy/users-file.ts'
import { tempFolder } from '../server/temp-folder.ts'

const ROUNDS = 5
const SECONDS = 2
const MANY = 100_000

class Nothing {
  async answer(): Promise<string> {
    return 'ok'
  }
}

/** What the layer costs an empty handler, and what a large users file costs. */
export async function benchAuthCost(): Promise<void> {
  const folder = await tempFolder()
  try {
    await compareHandlers(join(folder.path, 'users.json'))
    await measureUsers(join(folder.path, 'many.json'))
  } finally {
    await folder.remove()
  }
}

async function compareHandlers(path: string): Promise<void> {
  await writeUsers(path, 3)
  const users = new UsersFile({ path })
  const bare = Fastify()
  const engine = new Nothing()
  bare.get('/', () => engine.answer())
  const app = Fastify()
  const secret = 'a secret of more than thirty-two bytes'
  const tokens = await registerTokens(app, { secret, userHours: 1, guestHours: 1 })
  const account = await users.findByUsername('user-1')
  if (account === undefined) throw new Error('the user is missing')
  const pool = new EnginePool<Nothing>({
    open: async () => new Nothing(),
    close: async () => undefined,
    maxEngines: 8,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 1000,
  })
  const nothing = createProxy<Nothing>({ methods: ['answer'], pool, context })
  await app.register(async (scope) => {
    const authenticator = new DirectoryAuthenticator(users, tokens)
    await scope.register(tenancy, { authenticator, context, permissions: { 'GET /': 'query:run' } })
    scope.get('/', () => nothing.answer())
  })
  const urls = [await listen(bare), await listen(app)] as const
  const key = { 'x-api-key': keyOf(1) }
  const token = { authorization: `Bearer ${tokens.forUser(account)}` }
  const ratios: { key: number[]; token: number[] } = { key: [], token: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    const alone = await rate(urls[0], {})
    const [withKey, withToken] = [await rate(urls[1], key), await rate(urls[1], token)]
    ratios.key.push(withKey / alone)
    ratios.token.push(withToken / alone)
    console.log(
      `bare ${alone.toFixed(0)}/s, key ${withKey.toFixed(0)}/s, token ${withToken.toFixed(0)}/s`,
    )
  }
  console.log(`median ratio: key ${median(ratios.key)}, token ${median(ratios.token)}`)
  await Promise.all([bare.close(), app.close(), users.close()])
  await pool.drain(0)
}

async function measureUsers(path: string): Promise<void> {
  await writeUsers(path, MANY)
  const began = performance.now()
  const users = new UsersFile({ path, pollMs: 3_600_000 })
  console.log(`${MANY} users: start ${(performance.now() - began).toFixed(0)} ms`)
  await writeUsers(path, MANY - 1)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const reloading = performance.now()
  await users.reloadNow()
  const took = performance.now() - reloading
  await new Promise((resolve) => setTimeout(resolve, 20))
  loop.disable()
  console.log(`reload ${took.toFixed(0)} ms, longest hold ${(loop.max / 1e6).toFixed(0)} ms`)
  const keys = Array.from({ length: 1000 }, (_, number) => keyOf(number * 97))
  const looking = performance.now()
  for (let round = 0; round < 100; round += 1) {
    for (const key of keys) await users.findByApiKey(key)
  }
  console.log(`one look-up ${(((performance.now() - looking) / 100_000) * 1000).toFixed(2)} µs`)
  await users.close()
}

function writeUsers(path: string, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, number) => ({
    username: `user-${number}`,
    password: 'plain',
    api_key: keyOf(number),
    workspace: `space-${number}`,
  }))
  return writeFile(path, JSON.stringify({ users }))
}

function keyOf(number: number): string {
  return `key-of-user-${number}-0123456789abcdef`
}

async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`
}

async function rate(url: string, headers: Record<string, string>): Promise<number> {
  const result = await autocannon({ url, headers, connections: 16, duration: SECONDS })
  if (result.non2xx > 0 || result.errors > 0) throw new Error('requests failed')
  return result.requests.average
}

function median(values: number[]): string {
  return (values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0).toFixed(
    3,
  )
}
