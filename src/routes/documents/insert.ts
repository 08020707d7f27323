import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { sendLongList } from '../../http/long-list.ts'
import { authorOf } from '../../http/request-author.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { GRAPH_DOCS } from '../../openapi/graph-docs.ts'
import { CustomKgBody } from '../graph/graph-edit-schemas.ts'
import { INSERT_ACCESS } from '../request-access.ts'
import {
  DocStatusReply,
  InsertOptions,
  InsertReply,
  InsertTextBody,
  InsertTextsBody,
} from './document-schemas.ts'
import { waitForDocuments } from './wait-for-documents.ts'

export interface InsertRoutesOptions {
  readonly rag: Rag
  /** Longest JSON body with texts or a graph, in bytes. */
  readonly maxTextBodyBytes: number
}

/**
 * `POST /documents/text` and `/documents/texts` take in texts that arrive as JSON, and
 * `/documents/custom_kg`, an addition to LightRAG, a graph that was made elsewhere.
 */
export const insertRoutes: FastifyPluginAsyncTypebox<InsertRoutesOptions> = async (
  app,
  { rag, maxTextBodyBytes: bodyLimit },
) => {
  const querystring = InsertOptions
  const response = { 200: InsertReply }

  app.post(
    '/documents/text',
    {
      config: { access: INSERT_ACCESS, doc: DOCUMENT_DOCS['POST /documents/text'] },
      bodyLimit,
      schema: { body: InsertTextBody, querystring, response },
    },
    async (request, reply) => {
      const { body, query } = request
      const { on_conflict, wait } = query
      const inserted = await rag.insertTexts({
        texts: [body.text],
        file_sources: alone(body.file_source),
        external_ids: alone(body.external_id),
        metadata: alone(body.metadata),
        tags: alone(body.tags),
        chunking: body.chunking,
        on_conflict,
        author: authorOf(request),
      })
      return waitForDocuments(rag, inserted, wait, clientSignal(reply))
    },
  )

  app.post(
    '/documents/texts',
    {
      config: { access: INSERT_ACCESS, doc: DOCUMENT_DOCS['POST /documents/texts'] },
      bodyLimit,
      schema: { body: InsertTextsBody, querystring, response },
    },
    async (request, reply) => {
      const { body, query } = request
      const { on_conflict, wait } = query
      const inserted = await rag.insertTexts({ ...body, on_conflict, author: authorOf(request) })
      const { documents, ...response } = await waitForDocuments(
        rag,
        inserted,
        wait,
        clientSignal(reply),
      )
      if (documents === undefined) return response
      return sendLongList(reply, { ...response, documents }, 'documents', DocStatusReply)
    },
  )

  app.post(
    '/documents/custom_kg',
    {
      bodyLimit,
      config: {
        access: INSERT_ACCESS,
        doc: GRAPH_DOCS['POST /documents/custom_kg'],
        codedErrors: true,
      },
      schema: { body: CustomKgBody, querystring, response },
    },
    async (request, reply) => {
      const { body, query } = request
      const { on_conflict, wait } = query
      const inserted = await rag.insertCustomKg({ ...body, on_conflict, author: authorOf(request) })
      return waitForDocuments(rag, inserted, wait, clientSignal(reply))
    },
  )
}

/** The list of what belongs to the only text. */
function alone<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value]
}
