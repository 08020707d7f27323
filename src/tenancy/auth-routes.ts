import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyPluginAsync } from 'fastify'
import type { Authenticator } from './authenticator.ts'
import { TenancyError } from './errors.ts'
import { readLoginForm } from './login-form.ts'
import type { PermissionTable } from './permissions.ts'
import type { Tokens } from './token.ts'

export interface AuthRoutesOptions {
  readonly authenticator: Authenticator
  readonly tokens: Tokens
  /** Repeated in both answers. */
  readonly about: {
    readonly core_version: string
    readonly api_version: string
    readonly webui_title: string | null
    readonly webui_description: string | null
  }
}

/** Rows of these routes. */
export const AUTH_PERMISSIONS = {
  'GET /auth-status': 'public',
  'POST /login': 'public',
} as const satisfies PermissionTable

const NO_PASSWORDS = 'Authentication is disabled. Using guest access.'
const FORM_LIMIT_BYTES = 16_384

/** `GET /auth-status` and `POST /login`, as LightRAG's clients expect them. */
export const authRoutes: FastifyPluginAsync<AuthRoutesOptions> = async (app, options) => {
  const { authenticator, tokens, about } = options
  if (!app.hasContentTypeParser('application/x-www-form-urlencoded')) await app.register(formbody)
  if (!app.hasContentTypeParser('multipart/form-data')) await app.register(multipart)

  const guestPass = () => ({
    access_token: tokens.forGuest(),
    token_type: 'bearer',
    auth_mode: 'disabled',
    message: NO_PASSWORDS,
  })

  app.get('/auth-status', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    const multiTenant = { multi_tenant_enabled: authenticator.multiTenant }
    if (authenticator.passwordsOn) {
      return { auth_configured: true, auth_mode: 'enabled', ...multiTenant, ...about }
    }
    return { auth_configured: false, ...guestPass(), ...multiTenant, ...about }
  })

  app.post('/login', { bodyLimit: FORM_LIMIT_BYTES }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const form = await readLoginForm(request)
    if ('problems' in form) return reply.code(422).send({ detail: form.problems })
    if (!authenticator.passwordsOn) return { ...guestPass(), ...about }
    const account = await authenticator.verifyPassword(form.username, form.password)
    if (account === undefined) throw new TenancyError('bad_login', 'Incorrect credentials')
    return {
      access_token: tokens.forUser(account),
      token_type: 'bearer',
      auth_mode: 'enabled',
      ...about,
    }
  })
}
