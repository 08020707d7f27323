import { createReadStream } from 'node:fs'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { PrefixOf } from '../../http/guards/path-prefix.ts'
import { type BuiltWebUi, encodingFor, pathOf } from './built-files.ts'
import { cleanAddress } from './old-address.ts'
import { NOT_BUILT, pageFor, WEBUI_HEADERS } from './webui-page.ts'

export interface WebUiOptions {
  /** Undefined where it was not built. */
  readonly built: BuiltWebUi | undefined
  /** Below which path callers see the server. */
  readonly prefixOf: PrefixOf
  /** The tenant that the host of a request stands for, where hosts do. */
  readonly tenantOfHost?: (request: FastifyRequest) => string | undefined
}

const YEAR = 'public, max-age=31536000, immutable'
/** Names the tenant of an old address, for the page to take and forget. */
const COOKIE = 'webui-tenant'
const COOKIE_SECONDS = 60

/** The web UI at `/webui/`. Nothing of it belongs to anybody, so nobody is asked who they are. */
export const webUiRoutes: FastifyPluginAsync<WebUiOptions> = async (app, options) => {
  const { built, prefixOf } = options
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(WEBUI_HEADERS)
  })
  const hidden = { schema: { hide: true } } as const

  app.get('/webui', hidden, async (request, reply) => {
    const [, query = ''] = request.url.split('?')
    const behind = query === '' ? '' : `?${query}`
    return reply.redirect(`${prefixOf(request)}/webui/${behind}`, 308)
  })

  app.get<{ Params: { '*': string } }>('/webui/*', hidden, async (request, reply) => {
    const asked = request.params['*']
    const file = built?.files.get(asked)
    if (file !== undefined) return sendFile(request, reply, file)
    if (asked.startsWith('assets/') || !isNavigation(request)) {
      return reply.code(404).header('cache-control', 'no-store').send({ detail: 'Not Found' })
    }
    if (built === undefined) return sendNotBuilt(reply)
    return sendCleaned(request, reply, options) ?? sendPage(request, reply, built, options)
  })
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: Parameters<typeof pathOf>[0],
): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], file)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply
    .headers({
      'cache-control': YEAR,
      vary: 'accept-encoding',
      'content-length': file.sizes[encoding],
    })
    .type(file.type)
    .send(createReadStream(pathOf(file, encoding)))
}

function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  built: BuiltWebUi,
  { prefixOf, tenantOfHost }: WebUiOptions,
): FastifyReply {
  const prefix = prefixOf(request)
  const lockedTenant = tenantOfHost?.(request)
  const etag = `"${built.digest}-${Buffer.from(`${prefix} ${lockedTenant ?? ''}`).toString('base64url')}"`
  reply.headers({ 'cache-control': 'no-cache', etag, vary: 'accept' })
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  return reply.type('text/html; charset=utf-8').send(pageFor(built, { prefix, lockedTenant }))
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(NOT_BUILT)
}

/** Undefined when the address is as it should be. */
function sendCleaned(
  request: FastifyRequest,
  reply: FastifyReply,
  { prefixOf }: WebUiOptions,
): FastifyReply | undefined {
  const [path = '', query = ''] = request.url.slice('/webui/'.length).split('?')
  const clean = cleanAddress(path, query)
  if (clean === undefined) return undefined
  request.log.info('an address of the web UI named a tenant, and was cleaned')
  const home = `${prefixOf(request)}/webui/`
  // The page says that the address was cleaned, whether or not it names somebody's tenant.
  const value = `${COOKIE}=${clean.tenant ?? '-'}`
  reply.header('set-cookie', `${value}; Path=${home}; Max-Age=${COOKIE_SECONDS}; SameSite=Strict`)
  return reply.header('cache-control', 'no-store').redirect(home + clean.target, 303)
}

/** Whether a person opens the address; a missing script must not be answered with a page. */
function isNavigation({ headers }: FastifyRequest): boolean {
  const mode = headers['sec-fetch-mode']
  if (typeof mode === 'string') return mode === 'navigate'
  return headers.accept?.includes('text/html') === true
}
