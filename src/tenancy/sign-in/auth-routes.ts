import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { PrefixOf } from '../../http/guards/path-prefix.ts'
import { SERVER_DOCS } from '../../openapi/server-docs.ts'
import { accountAdmissionOf, admissionOf } from '../request/admission.ts'
import { explain, explainUnplaced } from '../request/explain.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Account } from '../users/directory.ts'
import type { Authenticator } from './authenticator.ts'
import { readLoginForm } from './login-form.ts'
import { assertOwnPage, sessionCookie } from './session-cookie.ts'
import type { SignInAttempt, SignInGuard } from './sign-in-guard.ts'
import type { Tokens } from './token.ts'

/** How an attempt to sign in ended, for the audit. */
export interface SignIn {
  readonly outcome: 'success' | 'failure' | 'locked'
  /** As it was typed. */
  readonly username: string
  readonly request: FastifyRequest
}

/** What it takes to sign somebody in by a password. */
export interface PasswordSignIn {
  readonly authenticator: Authenticator
  /** Slows down who guesses passwords; without it nobody is. */
  readonly guard?: SignInGuard | undefined
  readonly onSignIn?: ((signIn: SignIn) => void) | undefined
}

export interface AuthRoutesOptions extends PasswordSignIn {
  readonly tokens: Tokens
  /** Most attempts of one user from one address in a minute, right ones too. Default: no bound. */
  readonly signInsPerMinute?: number
  /** Below which path callers see the server; the root unless given. */
  readonly prefixOf?: PrefixOf
  /** Repeated in both answers. */
  readonly about: {
    readonly core_version: string
    readonly api_version: string
    readonly webui_title: string | null
    readonly webui_description: string | null
  }
}

const NO_PASSWORDS = 'Authentication is disabled. Using guest access.'
const FORM_LIMIT_BYTES = 16_384

/**
 * `GET /auth-status` and `POST /login`, as LightRAG's clients expect them; `/auth/session` keeps the
 * token in a cookie that no script sees; `GET /auth/explain` tells callers how their request was
 * understood.
 */
export const authRoutes: FastifyPluginAsync<AuthRoutesOptions> = async (app, options) => {
  const { authenticator, tokens, about } = options
  if (!app.hasContentTypeParser('application/x-www-form-urlencoded')) await app.register(formbody)
  if (!app.hasContentTypeParser('multipart/form-data')) await app.register(multipart)

  const countSignIn = await signInCounter(app, options.signInsPerMinute)

  const cookieOf = (request: FastifyRequest, token: string, expires: number) =>
    sessionCookie({
      token,
      expires,
      prefix: options.prefixOf?.(request) ?? '',
      secure: request.protocol === 'https',
    })
  const begin = (request: FastifyRequest, reply: FastifyReply, token: string) => {
    const { sub, exp } = tokens.verify(token)
    reply.header('set-cookie', cookieOf(request, token, exp))
    return { username: sub, expires_at: new Date(exp * 1000).toISOString() }
  }

  const guestPass = () => ({
    access_token: tokens.forGuest(),
    token_type: 'bearer',
    auth_mode: 'disabled',
    message: NO_PASSWORDS,
  })

  app.get(
    '/auth-status',
    { config: { access: 'public', doc: SERVER_DOCS['GET /auth-status'] } },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      const multiTenant = { multi_tenant_enabled: authenticator.multiTenant }
      if (authenticator.passwordsOn) {
        return { auth_configured: true, auth_mode: 'enabled', ...multiTenant, ...about }
      }
      return { auth_configured: false, ...guestPass(), ...multiTenant, ...about }
    },
  )

  app.post(
    '/login',
    { config: { access: 'public', doc: SERVER_DOCS['POST /login'] }, bodyLimit: FORM_LIMIT_BYTES },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const form = await readLoginForm(request)
      if ('problems' in form) return reply.code(422).send({ detail: form.problems })
      if (!authenticator.passwordsOn) return { ...guestPass(), ...about }
      await countSignIn(request, form.username)
      const account = await signIn(options, form, request)
      return {
        access_token: tokens.forUser(account),
        token_type: 'bearer',
        auth_mode: 'enabled',
        ...about,
      }
    },
  )

  app.post(
    '/auth/session',
    {
      config: { access: 'public', doc: SERVER_DOCS['POST /auth/session'], codedErrors: true },
      bodyLimit: FORM_LIMIT_BYTES,
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      assertOwnPage(request)
      const form = await readLoginForm(request)
      if ('problems' in form) return reply.code(422).send({ detail: form.problems })
      if (!authenticator.passwordsOn) return { username: null, expires_at: null }
      await countSignIn(request, form.username)
      return begin(request, reply, tokens.forUser(await signIn(options, form, request)))
    },
  )

  app.put(
    '/auth/session',
    {
      config: {
        access: { access: 'signed-in', unplaced: true },
        doc: SERVER_DOCS['PUT /auth/session'],
        codedErrors: true,
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { credentials } = admissionOf(request) ?? accountAdmissionOf(request) ?? {}
      if (credentials?.token === undefined) {
        throw new TenancyError('permission_denied', 'A session is renewed by itself or a token')
      }
      return begin(request, reply, tokens.renewed(credentials.token))
    },
  )

  app.delete(
    '/auth/session',
    {
      config: { access: 'public', doc: SERVER_DOCS['DELETE /auth/session'], codedErrors: true },
      schema: { response: { 204: { type: 'null' } } },
      bodyLimit: FORM_LIMIT_BYTES,
    },
    async (request, reply) => {
      assertOwnPage(request)
      reply.headers({ 'cache-control': 'no-store', 'set-cookie': cookieOf(request, '', 0) })
      return reply.code(204).send()
    },
  )

  app.get(
    '/auth/explain',
    {
      config: {
        access: { access: 'signed-in', unplaced: true },
        doc: SERVER_DOCS['GET /auth/explain'],
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const admission = admissionOf(request)
      if (admission !== undefined) return explain(admission, tokens)
      const unplaced = accountAdmissionOf(request)
      if (unplaced === undefined) throw new TenancyError('missing_context', 'There is no caller')
      return explainUnplaced(unplaced, tokens)
    },
  )
}

/** @returns counts an attempt, and throws a {@link TenancyError} `rate_limited` beyond the bound */
async function signInCounter(app: FastifyInstance, most: number | undefined) {
  if (most === undefined) return async () => undefined
  const names = new WeakMap<FastifyRequest, string>()
  await app.register(rateLimit, { global: false })
  const count = app.createRateLimit({
    max: most,
    timeWindow: 60_000,
    keyGenerator: (request) => `${names.get(request)}\0${request.ip}`,
  })
  return async (request: FastifyRequest, username: string) => {
    names.set(request, username.normalize('NFC').toLowerCase().slice(0, 256))
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    throw new TenancyError('rate_limited', 'Too many logins; try again later', {
      retryAfterSeconds: Math.max(1, counted.ttlInSeconds),
    })
  }
}

/** @throws {TenancyError} `bad_login`, `sign_in_locked`, `login_busy` */
export async function signIn(
  { authenticator, guard, onSignIn }: PasswordSignIn,
  form: { readonly username: string; readonly password: string },
  request: FastifyRequest,
): Promise<Account> {
  const { username, password } = form
  let attempt: SignInAttempt | undefined
  try {
    attempt = guard?.begin(username, request.ip)
  } catch (error) {
    onSignIn?.({ outcome: 'locked', username, request })
    throw error
  }
  let account: Account | undefined
  try {
    account = await authenticator.verifyPassword(username, password)
  } catch (error) {
    attempt?.withdrawn()
    throw error
  }
  if (account === undefined) {
    attempt?.failed()
    onSignIn?.({ outcome: 'failure', username, request })
    throw new TenancyError('bad_login', 'Incorrect credentials')
  }
  attempt?.succeeded()
  onSignIn?.({ outcome: 'success', username, request })
  return account
}
