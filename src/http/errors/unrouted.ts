import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { PrefixOf } from '../guards/path-prefix.ts'

interface KnownPath {
  /** Between slashes. */
  readonly segments: readonly string[]
  readonly methods: Set<string>
}

/**
 * Answers requests that no route takes as FastAPI does: 405 with `Allow` where another method would
 * do, 307 where a trailing slash is too many or missing, 404 otherwise. Call before adding routes.
 */
export function answerUnrouted(app: FastifyInstance, prefixOf: PrefixOf = () => ''): void {
  const known = new Map<string, KnownPath>()
  app.addHook('onRoute', ({ url, method }) => {
    const path = known.get(url) ?? { segments: url.split('/'), methods: new Set() }
    for (const name of [method].flat()) path.methods.add(name)
    known.set(url, path)
  })
  const methodsAt = (path: string): string[] => {
    const asked = path.split('/')
    const paths = [...known.values()].filter(({ segments }) => isAt(segments, asked))
    return [...new Set(paths.flatMap(({ methods }) => [...methods]))]
  }
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = '/', ...query] = request.url.split('?')
    const methods = methodsAt(path)
    if (methods.length > 0) {
      reply.code(405).header('allow', methods.sort().join(', '))
      return reply.send({ detail: 'Method Not Allowed' })
    }
    const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
    // Only a path that a route has: anything else could name another host.
    if (methodsAt(other).length > 0) {
      return reply.redirect(prefixOf(request) + [other, ...query].join('?'), 307)
    }
    return reply.code(404).send({ detail: 'Not Found' })
  }
  app.setNotFoundHandler(answer)
  // The router takes nothing for a parameter as well, and a list with a slash too many for one of its items.
  app.addHook('onRequest', (request, reply, done) => {
    if (endsInNothing(request)) answer(request, reply)
    else done()
  })
  // Before the body is read: a broken body must not hide that there is nothing here.
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (request.is404) answer(request, reply)
    else done(null, payload)
  })
}

/** Whether the last segment is a parameter, and nothing stands there. */
function endsInNothing({ routeOptions: { url = '' }, url: asked }: FastifyRequest): boolean {
  if (!url.startsWith(':', url.lastIndexOf('/') + 1)) return false
  const end = asked.indexOf('?')
  return asked.charAt((end < 0 ? asked.length : end) - 1) === '/'
}

/** A parameter stands for one segment; a catch-all for nothing, or every 404 would be a 405. */
function isAt(segments: readonly string[], asked: readonly string[]): boolean {
  if (segments.length !== asked.length) return false
  return segments.every((segment, i) =>
    segment.startsWith(':') ? asked[i] !== '' : segment === asked[i],
  )
}
