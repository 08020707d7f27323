import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { namesTag } from '../../http/byte-range.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { GRAPH_DOCS } from '../../openapi/graph-docs.ts'
import { begun } from '../begun-stream.ts'
import {
  EntityDetailsReply,
  EntityQuery,
  NeighboursQueryString,
  NeighboursReply,
  OverviewQuery,
  PathQueryString,
  PathsReply,
  StatsReply,
} from './graph-view-schemas.ts'

/** `/graph/…` for screens that show large graphs: an overview, and its parts bit by bit. */
export const graphViewRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/graph/overview',
    {
      config: {
        access: 'document:read',
        doc: GRAPH_DOCS['GET /graph/overview'],
        codedErrors: true,
      },
      schema: { querystring: OverviewQuery },
    },
    async ({ query: { limit }, headers, method }, reply) => {
      const signal = clientSignal(reply)
      const { version } = await rag.graphVersion()
      const etag = `W/"${version}-${limit}"`
      reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding' })
      if (namesTag(headers['if-none-match'], etag.slice(2))) return reply.code(304).send()
      reply.header('content-type', 'application/json; charset=utf-8')
      if (method === 'HEAD') return reply.send()
      const pieces = await begun(rag.graphOverview({ limit }, { signal }))
      const stream = Readable.from(pieces, { objectMode: false, signal })
      if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(stream)
      const packed = createGzip({ level: 6 })
      stream.once('error', (error) => packed.destroy(error))
      return reply.header('content-encoding', 'gzip').send(stream.pipe(packed))
    },
  )

  app.get(
    '/graph/neighbors',
    {
      config: {
        access: 'document:read',
        doc: GRAPH_DOCS['GET /graph/neighbors'],
        codedErrors: true,
      },
      schema: { querystring: NeighboursQueryString, response: { 200: NeighboursReply } },
    },
    async ({ query: { name, limit, cursor, types } }) =>
      rag.neighbours({
        name,
        limit,
        cursor,
        types: typeof types === 'string' ? [types] : types,
      }),
  )

  app.get(
    '/graph/entity',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/entity'], codedErrors: true },
      schema: { querystring: EntityQuery, response: { 200: EntityDetailsReply } },
    },
    async ({ query }) => rag.entityDetails(query.name),
  )

  app.get(
    '/graph/path',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/path'], codedErrors: true },
      schema: { querystring: PathQueryString, response: { 200: PathsReply } },
    },
    async ({ query }) => rag.findPaths(query),
  )

  app.get(
    '/graph/stats',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/stats'] },
      schema: { response: { 200: StatsReply } },
    },
    async () => rag.graphStats(),
  )
}
