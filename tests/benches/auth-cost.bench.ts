import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { context } from '../../src/tenancy/context.ts'
import { EnginePool } from '../../src/tenancy/pool/pool.ts'
import { createProxy } from '../../src/tenancy/proxy/proxy.ts'
import { DirectoryAuthenticator } from '../../src/tenancy/sign-in/directory-authenticator.ts'
import { registerTokens } from '../../src/tenancy/sign-in/token.ts'
import { tenancy } from '../../src/tenancy/tenancy.ts'
import { UsersFile } from '../../src/tenancy/users/users-file.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { manyUsers } from '../server/test-server.ts'
import { compareLoads } from './load.ts'

const WANTED: Readonly<Record<string, number>> = { key: 0.6, token: 0.45 }

class Nothing {
  async answer(): Promise<string> {
    return 'ok'
  }
}

/** What credential, context, proxy and a warm pool cost an empty handler. */
export async function benchAuthCost(): Promise<void> {
  const folder = await tempFolder()
  const path = join(folder.path, 'users.json')
  await writeFile(path, JSON.stringify({ users: manyUsers(3) }))
  const users = new UsersFile({ path })
  const [bare, app] = [Fastify(), Fastify()]
  const engine = new Nothing()
  bare.get('/', () => engine.answer())
  const secret = 'a secret of more than thirty-two bytes'
  const tokens = await registerTokens(app, { secret, userHours: 1, guestHours: 1 })
  const account = await users.findByUsername('user-1')
  if (account === undefined) throw new Error('the user is missing')
  const pool = poolOfNothing()
  const nothing = createProxy<Nothing>({ methods: ['answer'], pool, context })
  await app.register(async (scope) => {
    const authenticator = new DirectoryAuthenticator(users, tokens)
    await scope.register(tenancy, { authenticator, context, permissions: { 'GET /': 'query:run' } })
    scope.get('/', () => nothing.answer())
  })
  try {
    const [bareUrl, url] = [await listen(bare), await listen(app)]
    const ratios = await compareLoads(
      {
        bare: { url: bareUrl },
        key: { url, headers: { 'x-api-key': 'key-of-user-1' } },
        token: { url, headers: { authorization: `Bearer ${tokens.forUser(account)}` } },
      },
      { rounds: 7, seconds: 1 },
    )
    for (const [name, { perSecond, cpu, cpuUs }] of Object.entries(ratios)) {
      const wanted = WANTED[name] === undefined ? '' : ` (at least ${WANTED[name]} wanted)`
      console.log(
        `${name}: ${cpuUs.toFixed(1)} µs of CPU a request, ratio by CPU ${cpu.toFixed(3)}, ` +
          `by requests/s ${perSecond.toFixed(3)}${wanted}`,
      )
    }
  } finally {
    await Promise.all([bare.close(), app.close(), users.close()])
    await pool.drain(0)
    await folder.remove()
  }
}

function poolOfNothing(): EnginePool<Nothing> {
  return new EnginePool<Nothing>({
    open: async () => new Nothing(),
    close: async () => undefined,
    maxEngines: 8,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 1000,
  })
}

async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`
}
