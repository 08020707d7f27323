import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { Principal } from '../../tenancy/principal.ts'
import type { Authenticator } from '../../tenancy/sign-in/authenticator.ts'
import type { SignInGuard } from '../../tenancy/sign-in/sign-in-guard.ts'
import type { Tokens } from '../../tenancy/sign-in/token.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import type { Directory } from '../../tenancy/users/directory.ts'
import type { ControlPlane } from '../control-plane.ts'
import { ControlError } from '../core/control-error.ts'
import { TenantPage } from '../tenants/tenant-schemas.ts'
import { admissionIn, callerOf } from '../wire/caller.ts'
import { Nothing, SortedSearchParams } from '../wire/wire-schemas.ts'
import { ACCOUNT_DOCS } from './account-docs.ts'
import { MeReply, OwnPasswordBody, TokenReply } from './user-schemas.ts'

export interface AccountRoutesOptions {
  readonly plane: ControlPlane
  readonly authenticator: Authenticator
  /** All users who can sign in. */
  readonly directory: Directory
  readonly tokens: Tokens
  readonly guard: SignInGuard | undefined
}

/** Of one user, of each kind: they cost a hash, a synced write or a signature. */
const CHANGES_A_MINUTE = 30

/** What callers do about their own account. */
export const accountRoutes: FastifyPluginAsyncTypebox<AccountRoutesOptions> = async (
  app,
  options,
) => {
  const { plane, directory, tokens } = options
  await app.register(rateLimit, {
    global: false,
    max: CHANGES_A_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => admissionIn(request).principal.userId,
    errorResponseBuilder: (_request, { ttl }) =>
      new TenancyError('rate_limited', 'Too many requests about this account; try again later', {
        retryAfterSeconds: Math.ceil(ttl / 1000),
      }),
  })
  const bounded = { access: 'account', rateLimit: {} } as const

  app.get(
    '/users/me',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['GET /users/me'] },
      schema: { response: { 200: MeReply } },
    },
    async (request) => meOf(plane, request),
  )

  app.get(
    '/users/me/tenants',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['GET /users/me/tenants'] },
      schema: { querystring: SortedSearchParams, response: { 200: TenantPage } },
    },
    async (request) => plane.tenants.list(callerOf(request), { ...request.query, mine: true }),
  )

  app.put(
    '/users/me/password',
    {
      config: { ...bounded, doc: ACCOUNT_DOCS['PUT /users/me/password'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: OwnPasswordBody, response: { 200: TokenReply } },
    },
    async (request) => {
      const user = storedUser(request)
      const { current_password, new_password } = request.body
      await proveAgain(options, user, current_password, request.ip)
      await plane.users.setPassword(callerOf(request), user.userId, new_password)
      return newToken(directory, tokens, user.username)
    },
  )

  app.post(
    '/users/me/sign-out-everywhere',
    {
      config: { ...bounded, doc: ACCOUNT_DOCS['POST /users/me/sign-out-everywhere'] },
      schema: { response: { 204: Nothing } },
    },
    async (request, reply) => {
      await plane.users.signOutEverywhere(callerOf(request), storedUser(request).userId)
      return reply.code(204).send()
    },
  )

  const refresh = {
    config: { ...bounded, doc: ACCOUNT_DOCS['POST /auth/refresh'] },
    schema: { response: { 200: TokenReply } },
  }
  app.post('/auth/refresh', refresh, async (request) => {
    const { principal, credentials } = admissionIn(request)
    // The name of a key is no user's: a key must not turn into a token.
    if (credentials.token === undefined || principal.keyOf !== undefined) {
      throw new ControlError('forbidden', 'A token is renewed by itself alone')
    }
    return newToken(directory, tokens, principal.username)
  })
}

async function meOf(plane: ControlPlane, request: FastifyRequest) {
  const { principal } = admissionIn(request)
  const { userId: user_id, username, superAdmin: is_super_admin } = principal
  const source = sourceOf(principal)
  const stored = source === 'store' ? await plane.users.get(callerOf(request), user_id) : undefined
  return { user_id, username, email: stored?.email ?? null, is_super_admin, source }
}

function sourceOf({ grants, keyOf }: Principal): 'file' | 'store' | 'key' {
  if (keyOf !== undefined) return 'key'
  return grants === undefined ? 'file' : 'store'
}

/** @throws {ControlError} `forbidden` for keys, and for users of the users file */
function storedUser(request: FastifyRequest): Principal {
  const { principal } = admissionIn(request)
  if (sourceOf(principal) === 'store') return principal
  throw new ControlError('forbidden', 'This is for users whose password is kept by the server')
}

/** @throws {TenancyError} `bad_login`, `sign_in_locked`, `login_busy` */
async function proveAgain(
  { authenticator, guard }: AccountRoutesOptions,
  { username, userId }: Principal,
  password: string,
  address: string,
): Promise<void> {
  const attempt = guard?.begin(username, address)
  try {
    const account = await authenticator.verifyPassword(username, password)
    if (account?.principal.userId !== userId) {
      throw new TenancyError('bad_login', 'The current password is wrong')
    }
  } catch (error) {
    if (error instanceof TenancyError && error.code === 'bad_login') attempt?.failed()
    else attempt?.withdrawn()
    throw error
  }
  attempt?.succeeded()
}

async function newToken(directory: Directory, tokens: Tokens, username: string) {
  const account = await directory.findByUsername(username)
  if (account === undefined) throw new TenancyError('bad_token', 'Invalid token')
  return { access_token: tokens.forUser(account), token_type: 'bearer' }
}
