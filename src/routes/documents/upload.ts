import multipart from '@fastify/multipart'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { ENVELOPE_BYTES, receiveFile } from '../../http/body/receive-upload.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { authorOf } from '../../http/request-author.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { INSERT_ACCESS } from '../request-access.ts'
import { ANNOTATION_FIELDS, annotationFields } from './annotation-fields.ts'
import { InsertOptions, InsertReply } from './document-schemas.ts'
import { waitForDocuments } from './wait-for-documents.ts'

export interface UploadRoutesOptions {
  readonly rag: Rag
  /** Longest file, in bytes. */
  readonly maxUploadBytes: number
  /** Longest wait for the client's next bytes, in milliseconds. */
  readonly maxUploadSilenceMs: number
}

/** `POST /documents/upload` takes in one file, in the part `file` of a multipart body. */
export const uploadRoutes: FastifyPluginAsyncTypebox<UploadRoutesOptions> = async (
  app,
  { rag, maxUploadBytes, maxUploadSilenceMs },
) => {
  await app.register(multipart, {
    // A name with a path in it must be refused, so the path must still be there; without the
    // charset a name beyond ASCII arrives garbled.
    preservePath: true,
    throwFileSizeLimit: false,
    limits: { fileSize: maxUploadBytes + 1, fields: 100, fieldSize: 65_536, parts: 100 },
  })

  app.post(
    '/documents/upload',
    {
      bodyLimit: maxUploadBytes + ENVELOPE_BYTES,
      config: {
        access: INSERT_ACCESS,
        doc: DOCUMENT_DOCS['POST /documents/upload'],
        streamedBody: true,
      },
      schema: { querystring: InsertOptions, response: { 200: InsertReply } },
    },
    async (request, reply) => {
      const inserted = await receiveFile(
        request,
        { maxBytes: maxUploadBytes, maxSilenceMs: maxUploadSilenceMs, fields: ANNOTATION_FIELDS },
        (file_name, content, fields) => {
          const { on_conflict } = request.query
          const author = authorOf(request)
          const annotations = annotationFields(fields)
          return rag.insertFile({ file_name, on_conflict, author, ...annotations }, content)
        },
      )
      return waitForDocuments(rag, inserted, request.query.wait, clientSignal(reply))
    },
  )
}
