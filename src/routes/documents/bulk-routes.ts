import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { ChosenDocuments } from '../../engine/documents/chosen/chosen-calls.ts'
import type { Rag } from '../../engine/rag.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import {
  ChangeChosenBody,
  ChosenReply,
  DeleteChosenBody,
  PrecheckBody,
  PrecheckReply,
  RetryBody,
} from './bulk-schemas.ts'
import { ownerIn } from './filter-fields.ts'

/** Acts for several documents at once, named by their ids or by a filter. */
export const bulkRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  const response = { 200: ChosenReply }

  app.post(
    '/documents/precheck',
    {
      config: {
        access: 'document:create',
        doc: DOCUMENT_DOCS['POST /documents/precheck'],
      },
      bodyLimit: BODY_BYTES.question,
      schema: { body: PrecheckBody, response: { 200: PrecheckReply } },
    },
    async ({ body }) => rag.checkFiles(body.files),
  )

  app.post(
    '/documents/retry',
    {
      config: {
        access: 'document:update',
        doc: DOCUMENT_DOCS['POST /documents/retry'],
        codedErrors: true,
      },
      bodyLimit: BODY_BYTES.question,
      schema: { body: RetryBody, response },
    },
    async (request) => rag.retryDocuments(chosenIn(request, request.body)),
  )

  app.patch(
    '/documents',
    {
      config: {
        access: 'document:update',
        doc: DOCUMENT_DOCS['PATCH /documents'],
        codedErrors: true,
      },
      bodyLimit: BODY_BYTES.question,
      schema: { body: ChangeChosenBody, response },
    },
    async (request) => rag.changeDocuments(chosenIn(request, request.body)),
  )

  app.post(
    '/documents/delete',
    {
      config: {
        access: 'document:delete',
        doc: DOCUMENT_DOCS['POST /documents/delete'],
        codedErrors: true,
      },
      bodyLimit: BODY_BYTES.question,
      schema: { body: DeleteChosenBody, response },
    },
    async (request) => rag.deleteChosen(chosenIn(request, request.body)),
  )
}

/** The same with the caller in the place of `me`. */
function chosenIn<Body extends ChosenDocuments>(request: FastifyRequest, body: Body): Body {
  const { filter } = body
  if (!filter) return body
  return { ...body, filter: { ...filter, ...ownerIn(request, filter) } } as Body
}
