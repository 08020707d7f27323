import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import type { Principal } from '../../../src/tenancy/principal.ts'
import type { Authenticator } from '../../../src/tenancy/sign-in/authenticator.ts'
import { DirectoryAuthenticator } from '../../../src/tenancy/sign-in/directory-authenticator.ts'
import type { Tokens } from '../../../src/tenancy/sign-in/token.ts'
import { type TenancyOptions, tenancy } from '../../../src/tenancy/tenancy.ts'
import type { UsersFile } from '../../../src/tenancy/users/users-file.ts'
import { ROWS, startNotes } from '../app.ts'
import { contextOf, deferred } from '../fixtures.ts'
import { ACME_KEY, acmeUser, TECHSTART_KEY, techstartUser } from '../users.ts'

const users = [{ ...acmeUser, role: 'viewer' }, techstartUser]
const asAcme = { 'x-api-key': ACME_KEY }
const { principal } = contextOf('acme')

/** An authenticator that gives the same answer to everybody. */
function answering(authenticate: Authenticator['authenticate']): Authenticator {
  return {
    multiTenant: true,
    passwordsOn: true,
    open: false,
    authenticate,
    verifyPassword: async () => undefined,
  }
}

/** One route, behind a hook that says twice that it is done if wanted. */
async function startOne(authenticator: Authenticator, doneTwice = false) {
  const app = Fastify()
  const ran: unknown[] = []
  if (doneTwice) {
    app.addHook('onRequest', (_request, _reply, done) => {
      done()
      done()
    })
  }
  const permissions: TenancyOptions['permissions'] = { 'GET /': 'signed-in' }
  await app.register(tenancy, { authenticator, context, permissions })
  app.get('/', async () => {
    ran.push(context.current()?.principal)
    return 'answer'
  })
  onTestFinished(() => app.close())
  const status = async () => (await app.inject({ url: '/' })).statusCode
  return { status, ran }
}

it('lets nobody to a handler before it has decided, whatever other hooks do', async () => {
  const deciding = deferred<Principal>()
  const { status, ran } = await startOne(
    answering(() => deciding.promise),
    true,
  )
  expect(await status()).toBe(500)
  deciding.resolve(principal)
  await deciding.promise
  expect(ran).toEqual([])
})

it.each([
  ['rejects without a reason', () => Promise.reject()],
  [
    'throws what is no error',
    () => {
      throw undefined
    },
  ],
])('lets nobody in when the authenticator %s', async (_what, authenticate) => {
  const { status, ran } = await startOne(answering(authenticate))
  expect(await status()).toBe(500)
  expect(ran).toEqual([])
})

it('waits for whatever can be awaited, not only for promises', async () => {
  const later: PromiseLike<Principal> = {
    // biome-ignore lint/suspicious/noThenProperty: the authenticator of somebody else's library
    then: (resolve, reject) => Promise.resolve(principal).then(resolve, reject),
  }
  const { status, ran } = await startOne(answering(() => later))
  expect(await status()).toBe(200)
  expect(ran).toEqual([principal])
})

it('decides alike whether the directory answers at once or later', async () => {
  const requests = [
    { url: '/notes', headers: asAcme },
    { url: '/notes', headers: { authorization: `Bearer ${ACME_KEY}` } },
    { url: '/notes', headers: { 'x-api-key': 'unknown' } },
    { url: '/notes', headers: { ...asAcme, authorization: `Bearer ${TECHSTART_KEY}` } },
    { url: '/notes', headers: { ...asAcme, 'lightrag-workspace': 'techstart' } },
    { url: '/notes', headers: {} },
    { url: '/admin', headers: asAcme },
    { url: '/whoami', headers: asAcme },
    { url: '/whoami', headers: {} },
    { url: '/public', headers: { 'x-api-key': 'unknown' } },
  ]
  const outcomes = async (authenticatorOf: typeof atOnce) => {
    const started = await startNotes(users)
    const { directory, tokens } = started
    const { app, refusals } = await startNotes(users, {
      authenticator: authenticatorOf(directory, tokens),
    })
    const account = directory.findByUsername(acmeUser.username)
    if (account === undefined) throw new Error('the user is missing')
    const token = { authorization: `Bearer ${tokens.forUser(account)}` }
    const answers: unknown[] = []
    for (const request of [...requests, { url: '/notes', headers: token }]) {
      const reply = await app.inject(request)
      answers.push([reply.statusCode, reply.json().error?.code ?? reply.json()])
    }
    const refused = refusals.map(({ error, principal }) => [error.code, principal?.username])
    return { answers, refused }
  }
  const now = await outcomes(atOnce)
  expect(await outcomes(inTime)).toEqual(now)
  expect(now.answers.map((answer) => (answer as unknown[])[0])).toEqual([
    200, 200, 401, 403, 403, 401, 403, 200, 200, 200, 200,
  ])
  expect(now.refused).toEqual([
    ['bad_api_key', undefined],
    ['credentials_disagree', undefined],
    ['workspace_denied', 'ann@acme'],
    ['missing_credential', undefined],
    ['permission_denied', 'ann@acme'],
  ])
})

function atOnce(directory: UsersFile, tokens: Tokens): Authenticator {
  return new DirectoryAuthenticator(directory, tokens)
}

function inTime(directory: UsersFile, tokens: Tokens): Authenticator {
  const slow = {
    findByApiKey: async (key: string) => directory.findByApiKey(key),
    findByUsername: async (name: string) => directory.findByUsername(name),
    verifyPassword: async () => undefined,
  }
  return new DirectoryAuthenticator(slow, tokens)
}

it('gives each request a context that cannot be changed, with an id of its credential', async () => {
  const seen: { frozen: boolean; id: string | undefined; again: boolean }[] = []
  const permissions = { ...ROWS, 'GET /seen': 'signed-in' } as const
  const { app } = await startNotes(users, { permissions }, (scope) => {
    scope.get('/seen', async () => {
      const current = context.current()
      const id = current?.credentialId
      seen.push({ frozen: Object.isFrozen(current), id, again: id === current?.credentialId })
    })
  })
  for (const key of [ACME_KEY, ACME_KEY, TECHSTART_KEY]) {
    await app.inject({ url: '/seen', headers: { 'x-api-key': key } })
  }
  const [one, same, other] = seen.map(({ id }) => id)
  expect(seen.every(({ frozen, again }) => frozen && again)).toBe(true)
  expect(one).toMatch(/^[\w-]{16}$/)
  expect([same === one, other === one]).toEqual([true, false])
})
