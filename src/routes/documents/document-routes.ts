import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { sendLongList } from '../../http/long-list.ts'
import { DOCUMENT_DOCS } from '../../openapi/document-docs.ts'
import { StatusMessage } from '../common-schemas.ts'
import {
  ChangeDocumentBody,
  ChunksQuery,
  ChunksReply,
  ClearCacheBody,
  DeleteBody,
  DeleteReply,
  DocStatusReply,
  DocumentParams,
  PipelineReply,
  ReprocessReply,
  ResetStatusBody,
  ResetStatusReply,
  RetryChunksReply,
  StatusCountsReply,
  StatusesReply,
  TrackParams,
  TrackReply,
} from './document-schemas.ts'
import { facetsQuery, ownerIn } from './filter-fields.ts'
import { FacetsQueryString, FacetsReply, PaginatedBody, PaginatedReply } from './list-schemas.ts'

/** `/documents`: lists, states and removal of what a workspace holds, and its pipeline. */
export const documentRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/documents',
    {
      config: { access: 'document:read', doc: DOCUMENT_DOCS['GET /documents'] },
      schema: { response: { 200: StatusesReply } },
    },
    async () => rag.documentsByStatus(),
  )

  app.delete(
    '/documents',
    {
      config: { access: 'kb:manage', doc: DOCUMENT_DOCS['DELETE /documents'] },
      schema: { response: { 200: StatusMessage } },
    },
    async () => rag.clearDocuments(),
  )

  app.post(
    '/documents/paginated',
    {
      config: { access: 'document:read', doc: DOCUMENT_DOCS['POST /documents/paginated'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: PaginatedBody, response: { 200: PaginatedReply } },
    },
    async (request) => rag.listDocuments({ ...request.body, ...ownerIn(request, request.body) }),
  )

  app.get(
    '/documents/facets',
    {
      config: { access: 'document:read', doc: DOCUMENT_DOCS['GET /documents/facets'] },
      schema: { querystring: FacetsQueryString, response: { 200: FacetsReply } },
    },
    async (request) => rag.facets(facetsQuery(request, request.query)),
  )

  app.get(
    '/documents/status_counts',
    {
      config: { access: 'document:read', doc: DOCUMENT_DOCS['GET /documents/status_counts'] },
      schema: { response: { 200: StatusCountsReply } },
    },
    async () => rag.statusCounts(),
  )

  app.get(
    '/documents/track_status/:track_id',
    {
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/track_status/:track_id'],
      },
      schema: { params: TrackParams, response: { 200: TrackReply } },
    },
    async ({ params }, reply) => {
      const track = await rag.trackStatus(params.track_id)
      return sendLongList(reply, track, 'documents', DocStatusReply)
    },
  )

  app.get(
    '/documents/:document_id',
    {
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/:document_id'],
        codedErrors: true,
      },
      schema: { params: DocumentParams, response: { 200: DocStatusReply } },
    },
    async ({ params }) => rag.document(params.document_id),
  )

  app.patch(
    '/documents/:document_id',
    {
      config: {
        access: 'document:update',
        doc: DOCUMENT_DOCS['PATCH /documents/:document_id'],
        codedErrors: true,
      },
      bodyLimit: BODY_BYTES.management,
      schema: {
        params: DocumentParams,
        body: ChangeDocumentBody,
        response: { 200: DocStatusReply },
      },
    },
    async ({ params, body }) => rag.updateDocument(params.document_id, body),
  )

  app.get(
    '/documents/:document_id/chunks',
    {
      config: {
        access: 'document:read',
        doc: DOCUMENT_DOCS['GET /documents/:document_id/chunks'],
        codedErrors: true,
      },
      schema: { params: DocumentParams, querystring: ChunksQuery, response: { 200: ChunksReply } },
    },
    async ({ params, query }) => rag.documentChunks(params.document_id, query),
  )

  app.post(
    '/documents/:document_id/retry_chunks',
    {
      config: {
        access: 'document:update',
        doc: DOCUMENT_DOCS['POST /documents/:document_id/retry_chunks'],
        codedErrors: true,
      },
      schema: { params: DocumentParams, response: { 200: RetryChunksReply } },
    },
    async ({ params }) => rag.retryChunks(params.document_id),
  )

  app.get(
    '/documents/pipeline_status',
    {
      config: { access: 'document:read', doc: DOCUMENT_DOCS['GET /documents/pipeline_status'] },
      schema: { response: { 200: PipelineReply } },
    },
    async () => rag.pipelineStatus(),
  )

  app.delete(
    '/documents/delete_document',
    {
      config: {
        access: 'document:delete',
        doc: DOCUMENT_DOCS['DELETE /documents/delete_document'],
      },
      bodyLimit: BODY_BYTES.question,
      schema: { body: DeleteBody, response: { 200: DeleteReply } },
    },
    async ({ body }) => rag.deleteDocuments(body),
  )

  app.post(
    '/documents/clear_cache',
    {
      config: { access: 'kb:manage', doc: DOCUMENT_DOCS['POST /documents/clear_cache'] },
      bodyLimit: BODY_BYTES.small,
      schema: { body: ClearCacheBody, response: { 200: StatusMessage } },
    },
    async () => rag.clearCache(),
  )

  app.post(
    '/documents/reprocess_failed',
    {
      config: { access: 'document:update', doc: DOCUMENT_DOCS['POST /documents/reprocess_failed'] },
      schema: { response: { 200: ReprocessReply } },
    },
    async () => rag.reprocessFailed(),
  )

  app.post(
    '/documents/reset_status',
    {
      config: { access: 'document:update', doc: DOCUMENT_DOCS['POST /documents/reset_status'] },
      bodyLimit: BODY_BYTES.question,
      schema: { body: ResetStatusBody, response: { 200: ResetStatusReply } },
    },
    async ({ body }) => rag.resetStatus(body),
  )

  app.post(
    '/documents/cancel_pipeline',
    {
      config: { access: 'document:update', doc: DOCUMENT_DOCS['POST /documents/cancel_pipeline'] },
      schema: { response: { 200: StatusMessage } },
    },
    async () => rag.cancelPipeline(),
  )
}
