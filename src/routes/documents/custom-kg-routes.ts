import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { GRAPH_EDIT_DOCS } from '../../openapi/graph-edit-docs.ts'
import { CustomKgBody } from '../graph/graph-edit-schemas.ts'
import { INSERT_ACCESS } from '../request-access.ts'
import { InsertOptions, InsertReply } from './document-schemas.ts'
import { waitForDocuments } from './wait-for-documents.ts'

export interface CustomKgRoutesOptions {
  readonly rag: Rag
  /** Longest JSON body, in bytes. */
  readonly maxTextBodyBytes: number
}

/** `POST /documents/custom_kg` takes in a graph that was made elsewhere; an addition to LightRAG. */
export const customKgRoutes: FastifyPluginAsyncTypebox<CustomKgRoutesOptions> = async (
  app,
  { rag, maxTextBodyBytes: bodyLimit },
) => {
  app.post(
    '/documents/custom_kg',
    {
      bodyLimit,
      config: {
        access: INSERT_ACCESS,
        doc: GRAPH_EDIT_DOCS['POST /documents/custom_kg'],
        codedErrors: true,
      },
      schema: { body: CustomKgBody, querystring: InsertOptions, response: { 200: InsertReply } },
    },
    async ({ body, query: { on_conflict, wait } }, reply) => {
      const inserted = await rag.insertCustomKg({ ...body, on_conflict })
      return waitForDocuments(rag, inserted, wait, clientSignal(reply))
    },
  )
}
