import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Rag } from '../../engine/rag.ts'
import { byteRange, namesTag } from '../../http/byte-range.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { contentDisposition } from '../../http/content-disposition.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { begun } from '../begun-stream.ts'
import { DocumentParams } from './document-schemas.ts'

const FileQuery = Type.Object({
  inline: Type.Boolean({
    default: false,
    description: 'Whether a browser may show it; of PDF, PNG, JPEG and plain text',
  }),
})

/** What browsers show without running it. */
const SHOWN: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'text/plain',
])

/** `GET /documents/{id}/file` sends the file that a document came as, whole or in ranges. */
export const fileRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/documents/:document_id/file',
    {
      schema: { params: DocumentParams, querystring: FileQuery },
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/:document_id/file'],
        codedErrors: true,
      },
    },
    async (request, reply) => {
      const { document_id } = request.params
      const signal = clientSignal(reply)
      const { file_name, size, mime, tag } = await rag.originalFile(document_id)
      const etag = `"${tag}"`
      const isShown = request.query.inline && SHOWN.has(mime)
      reply.headers({
        etag,
        'accept-ranges': 'bytes',
        'cache-control': 'private, no-cache',
        'content-disposition': contentDisposition(isShown ? 'inline' : 'attachment', file_name),
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
      })
      const { range: asked, 'if-range': ifRange, 'if-none-match': known } = request.headers
      if (namesTag(known, etag)) return reply.code(304).send()
      const isSame = ifRange === undefined || ifRange === etag
      const range = byteRange(isSame ? asked : undefined, size)
      if (range === 'none') {
        const detail = `The file has ${size} bytes`
        return reply.code(416).header('content-range', `bytes */${size}`).send({ detail })
      }
      const { first, last } = range ?? { first: 0, last: size - 1 }
      if (range !== null) reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`)
      const type = mime === 'text/plain' ? `${mime}; charset=utf-8` : mime
      reply.headers({ 'content-type': type, 'content-length': last - first + 1 })
      if (request.method === 'HEAD') return reply.send()
      const pieces = await begun(rag.originalBytes({ document_id, tag, first, last }, { signal }))
      return reply.send(Readable.from(pieces, { objectMode: false, signal }))
    },
  )
}
