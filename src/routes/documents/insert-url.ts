import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { PageFetcher } from '../../engine/documents/page-calls.ts'
import type { Rag } from '../../engine/rag.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { authorOf } from '../../http/request-author.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { INSERT_ACCESS } from '../request-access.ts'
import { InsertOptions, InsertReply, InsertUrlBody } from './document-schemas.ts'
import { waitForDocuments } from './wait-for-documents.ts'

export interface InsertUrlRoutesOptions {
  readonly rag: Rag
  readonly pages: PageFetcher
}

/** In bytes: an address and what is said of the page. */
const LONGEST_BODY = 1024 * 1024

/**
 * `POST /documents/url`, an addition to LightRAG, takes in a page of the web, and by
 * `on_conflict=replace` again where it has changed since.
 */
export const insertUrlRoutes: FastifyPluginAsyncTypebox<InsertUrlRoutesOptions> = async (
  app,
  { rag, pages },
) => {
  app.post(
    '/documents/url',
    {
      bodyLimit: LONGEST_BODY,
      config: { access: INSERT_ACCESS, doc: DOCUMENT_DOCS['POST /documents/url'] },
      schema: { body: InsertUrlBody, querystring: InsertOptions, response: { 200: InsertReply } },
    },
    async (request, reply) => {
      const {
        body: { url, ...annotations },
        query: { on_conflict, wait },
      } = request
      const signal = clientSignal(reply)
      // Who may not replace a document asks for the page as somebody who has none.
      const known = on_conflict === 'replace' ? await rag.pageVersion(url) : null
      const page = await pages.fetch(url, known, signal)
      if (page === null) return UNCHANGED
      const { body: content, close, ...found } = page
      try {
        const author = authorOf(request)
        const input = { file_name: url, page: found, on_conflict, author, ...annotations }
        const inserted = await rag.insertFile(input, content)
        return await waitForDocuments(rag, inserted, wait, signal)
      } finally {
        await close()
      }
    },
  )
}

const UNCHANGED = {
  status: 'duplicated',
  message: 'The page has not changed since it was taken in.',
  track_id: '',
} as const
