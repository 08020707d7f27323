import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { DocumentParams } from './document-schemas.ts'
import { ChunkParams, ChunkQuery, ChunkReply, TextQuery, TextReply } from './reading-schemas.ts'

/** What stands in documents, for readers: their texts in parts, and chunks among their neighbours. */
export const readingRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/documents/:document_id/text',
    {
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/:document_id/text'],
        codedErrors: true,
      },
      schema: { params: DocumentParams, querystring: TextQuery, response: { 200: TextReply } },
    },
    async ({ params, query }) => rag.documentText(params.document_id, query),
  )

  app.get(
    '/documents/chunks/:chunk_id',
    {
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/chunks/:chunk_id'],
        codedErrors: true,
      },
      schema: { params: ChunkParams, querystring: ChunkQuery, response: { 200: ChunkReply } },
    },
    async ({ params, query }) => rag.chunk(params.chunk_id, query.around),
  )
}
