import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Rag } from '../../engine/rag.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { GRAPH_DOCS } from '../../openapi/graph-docs.ts'
import { begun } from '../begun-stream.ts'

const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  graphml: 'application/graphml+xml; charset=utf-8',
  gexf: 'application/gexf+xml; charset=utf-8',
} as const

const ExportQuery = Type.Object({
  format: Type.Enum(['csv', 'xlsx', 'md', 'txt', 'graphml', 'gexf'], { default: 'csv' }),
})

/** `GET /graph/export` sends the whole graph as a file; an addition to LightRAG. */
export const graphExportRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/graph/export',
    {
      schema: { querystring: ExportQuery },
      config: {
        access: 'document:read',
        doc: GRAPH_DOCS['GET /graph/export'],
        codedErrors: true,
      },
    },
    async ({ query: { format } }, reply) => {
      const signal = clientSignal(reply)
      // Called before the first await: what it runs in is decided here.
      const file = rag.exportGraph({ format }, { signal })
      const stream = Readable.from(await begun(file), { objectMode: false, signal })
      return reply
        .headers({
          'content-type': CONTENT_TYPES[format],
          'content-disposition': `attachment; filename="graph.${format}"`,
          'x-accel-buffering': 'no',
        })
        .send(stream)
    },
  )
}
