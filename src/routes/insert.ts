import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../engine/rag.ts'
import { InsertOptions, InsertReply, InsertTextBody, InsertTextsBody } from './document-schemas.ts'

export interface InsertRoutesOptions {
  readonly rag: Rag
  /** Longest JSON body with texts, in bytes. */
  readonly maxTextBodyBytes: number
}

/** `POST /documents/text` and `/documents/texts` take in texts that arrive as JSON. */
export const insertRoutes: FastifyPluginAsyncTypebox<InsertRoutesOptions> = async (
  app,
  { rag, maxTextBodyBytes: bodyLimit },
) => {
  const querystring = InsertOptions
  const response = { 200: InsertReply }

  app.post(
    '/documents/text',
    { bodyLimit, schema: { body: InsertTextBody, querystring, response } },
    async ({ body: { text, file_source }, query: { on_conflict } }) =>
      rag.insertTexts({
        texts: [text],
        file_sources: file_source === undefined ? undefined : [file_source],
        on_conflict,
      }),
  )

  app.post(
    '/documents/texts',
    { bodyLimit, schema: { body: InsertTextsBody, querystring, response } },
    async ({ body, query: { on_conflict } }) => rag.insertTexts({ ...body, on_conflict }),
  )
}
