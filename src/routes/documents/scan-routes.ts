import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Rag } from '../../engine/rag.ts'
import { SCAN_DOCS } from '../../openapi/scan-docs.ts'
import { TrackParams } from './document-schemas.ts'

const ScanReply = Type.Object({
  status: Type.Enum(['scanning_started', 'scanning_skipped_pipeline_busy']),
  message: Type.String(),
  track_id: Type.String(),
})

const Samples = Type.Object({
  items: Type.Immutable(Type.Array(Type.String())),
  truncated: Type.Boolean(),
  dropped: Type.Integer(),
})

const ScanStatusReply = Type.Object({
  track_id: Type.String(),
  status: Type.Enum(['running', 'completed', 'failed', 'cancelled', 'abandoned']),
  counts: Type.Record(Type.String(), Type.Integer()),
  counts_dropped: Type.Integer(),
  samples: Type.Record(Type.String(), Samples),
  created_at: Type.Number({ description: 'In seconds since 1970' }),
  updated_at: Type.Number(),
  version: Type.Integer(),
  message: Type.String(),
})

const FileTypesReply = Type.Object({
  supported_extensions: Type.Immutable(Type.Array(Type.String())),
  engines: Type.Record(Type.String(), Type.Immutable(Type.Array(Type.String()))),
})

/** `/documents/scan…`: the input folder, and which files can be read. */
export const scanRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.post(
    '/documents/scan',
    {
      config: {
        access: 'document:create',
        doc: SCAN_DOCS['POST /documents/scan'],
        takesRoom: true,
      },
      schema: { response: { 200: ScanReply } },
    },
    async () => rag.scan(),
  )

  app.get(
    '/documents/scan/status/:track_id',
    {
      config: { access: 'document:read', doc: SCAN_DOCS['GET /documents/scan/status/:track_id'] },
      schema: { params: TrackParams, response: { 200: ScanStatusReply } },
    },
    async ({ params }) => rag.scanStatus(params.track_id),
  )

  app.get(
    '/documents/supported_file_types',
    {
      config: { access: 'document:read', doc: SCAN_DOCS['GET /documents/supported_file_types'] },
      schema: { response: { 200: FileTypesReply } },
    },
    async (_request, reply) => {
      const { extensions } = await rag.supportedFileTypes()
      reply.headers({ 'cache-control': 'no-store', vary: 'LIGHTRAG-WORKSPACE' })
      const names = extensions.map((extension) => extension.slice(1))
      return { supported_extensions: extensions, engines: { native: names } }
    },
  )
}
