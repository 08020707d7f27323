import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { PrefixOf } from '../http/guards/path-prefix.ts'
import { COMPONENTS } from './components.ts'
import { describeOperation, type Operation } from './describe-operation.ts'
import { TAGS } from './operation-doc.ts'
import { DeclaredRoute, type StatedRoute } from './stated-routes.ts'

export interface ApiDescriptionOptions {
  readonly version: string
  /** Whether `/docs` and `/openapi.json` are served. */
  readonly serve: boolean
  /** Below which path callers see the server; the root unless given. */
  readonly prefixOf?: PrefixOf
  /** Whether `/` leads to `/docs`; it does unless something else is there. */
  readonly leads?: boolean
}

/** Served by us alone, over HTTP as well as HTTPS. */
const DOCS_CSP = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'font-src': ["'self'", 'data:'],
  'frame-ancestors': "'self'",
  'img-src': ["'self'", 'data:'],
  'object-src': "'none'",
  'script-src': "'self'",
  'script-src-attr': "'none'",
  'style-src': ["'self'", "'unsafe-inline'"],
}

/**
 * Describes the API as OpenAPI 3.1, from the routes that are registered after this and what they say
 * of themselves in `config: { access, doc }`, and serves the description: `/openapi.json`, and `/docs` for people, to which `/` leads.
 */
export const apiDescription = fp(
  async (app: FastifyInstance, options: ApiDescriptionOptions) => {
    const { version, serve, prefixOf = () => '', leads = true } = options
    const routes = new Map<string, DeclaredRoute>()
    app.decorate('statedRoutes', routes)
    app.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) {
        // Fastify adds it by itself to each GET.
        if (method !== 'HEAD') routes.set(`${method} ${route.url}`, new DeclaredRoute(route))
      }
    })
    const servedAt = (request: FastifyRequest) => [{ url: prefixOf(request) || '/' }]
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'TenantRAG',
          version,
          description: 'Graph RAG over LightRAG’s REST API, for many isolated workspaces.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/' }],
        tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      },
      transformObject: (document) => {
        if (!('openapiObject' in document)) throw new TypeError('not an OpenAPI document')
        return completedDescription(document.openapiObject, routes)
      },
    })
    if (!serve) return
    await app.register(async (pages) => {
      pages.addHook('onSend', async (request, _reply, page) => {
        const prefix = prefixOf(request)
        if (request.routeOptions.url !== '/docs' || prefix === '') return page
        return String(page).replaceAll('"./docs/', `"${prefix}/docs/`)
      })
      await pages.register(swaggerUi, {
        routePrefix: '/docs',
        // Relative links hold below any path, also one that nobody told.
        indexPrefix: '.',
        staticCSP: DOCS_CSP,
        uiConfig: { docExpansion: 'none', persistAuthorization: false, validatorUrl: null },
        transformSpecification: (description, request) => ({
          ...description,
          servers: servedAt(request),
        }),
        transformSpecificationClone: false,
      })
    })
    app.get('/openapi.json', { schema: { hide: true } }, async (request) => ({
      ...app.swagger(),
      servers: servedAt(request),
    }))
    if (!leads) return
    app.get('/', { schema: { hide: true } }, async (request, reply) =>
      reply.redirect(`${prefixOf(request)}/docs`, 307),
    )
  },
  { name: 'api-description', fastify: '5.x' },
)

interface Description {
  paths?: Record<string, Record<string, Operation>>
  components?: unknown
}

/** The description that a generator made of the schemas, with all that these do not say. */
function completedDescription<T extends object>(
  generated: T,
  routes: ReadonlyMap<string, StatedRoute>,
): T {
  // A copy without what JSON does not carry: the schemas of the running server stay as they are.
  const copy: T & Description = JSON.parse(JSON.stringify(generated, withoutMarks))
  const paths = Object.entries(copy.paths ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [path, operations] of paths) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
    for (const [name, operation] of Object.entries(operations)) {
      const route = `${name.toUpperCase()} ${url}`
      describeOperation(operation, route, routes.get(route))
    }
  }
  copy.paths = Object.fromEntries(paths)
  copy.components = COMPONENTS
  return copy
}

/** TypeBox marks its schemas with keywords of its own. */
function withoutMarks(key: string, value: unknown): unknown {
  return key.startsWith('~') ? undefined : value
}
