import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { RequestError } from '../../http/errors/request-error.ts'
import { SCAN_DOCS } from '../../openapi/scan-docs.ts'
import { LARGEST_COUNT, LONGEST, NullableInteger, NullableString, Text } from '../common-schemas.ts'

const ConflictsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: LONGEST.file })),
})

const ConflictsReply = Type.Object({
  conflicts: Type.Array(
    Type.Object({
      canonical_source_key: Type.String(),
      candidate_count: NullableInteger,
      sample_doc_ids: Type.Array(Type.String()),
    }),
  ),
  next_cursor: NullableString,
})

const RepairBody = Type.Refine(
  Type.Object({
    canonical_source_key: Text('canonical_source_key', LONGEST.file),
    primary_doc_id: Text('primary_doc_id', LONGEST.name),
    expected_candidate_count: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_COUNT })),
    expected_candidate_fingerprint: Type.Optional(Type.String({ maxLength: LONGEST.name })),
    dry_run: Type.Boolean({ default: true }),
  }),
  (body) =>
    body.dry_run !== false ||
    (body.expected_candidate_count !== undefined &&
      body.expected_candidate_fingerprint !== undefined),
  () => 'a repair that is no dry run needs both expected values',
)

const RepairReply = Type.Object({
  canonical_source_key: Type.String(),
  primary_doc_id: Type.String(),
  candidate_count: Type.Integer(),
  fingerprint: Type.String(),
  demoted_sample_doc_ids: Type.Array(Type.String()),
  committed: Type.Boolean(),
})

const ResetBody = Type.Object({ confirm: Type.Boolean({ default: false }) })

const ResetReply = Type.Object({
  status: Type.Enum(['reset', 'no_recovery_required']),
  message: Type.String(),
  cancelled_manual_retries: Type.Integer(),
})

/**
 * `/documents/source_conflicts…` and `/documents/recovery/force_reset`: repairs of what cannot come
 * about here. File names are unique, and a workspace recovers by itself.
 */
export const sourceConflictRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/documents/source_conflicts',
    {
      config: { access: 'document:read', doc: SCAN_DOCS['GET /documents/source_conflicts'] },
      schema: { querystring: ConflictsQuery, response: { 200: ConflictsReply } },
    },
    async ({ query }) => {
      // No page has a next one, so no cursor was ever given out.
      if (query.cursor !== undefined) {
        throw new RequestError('cursor_invalid', 'The cursor is none that this server gave out.')
      }
      return { conflicts: [], next_cursor: null }
    },
  )

  app.post(
    '/documents/source_conflicts/repair',
    {
      config: {
        access: 'document:update',
        doc: SCAN_DOCS['POST /documents/source_conflicts/repair'],
      },
      bodyLimit: BODY_BYTES.small,
      schema: { body: RepairBody, response: { 200: RepairReply } },
    },
    async () => {
      throw new RequestError('nothing_to_repair', 'No two documents share this name.')
    },
  )

  app.post(
    '/documents/recovery/force_reset',
    {
      config: { access: 'kb:manage', doc: SCAN_DOCS['POST /documents/recovery/force_reset'] },
      bodyLimit: BODY_BYTES.small,
      schema: { body: ResetBody, response: { 200: ResetReply } },
    },
    async ({ body }) => {
      if (!body.confirm) {
        throw new RequestError('unconfirmed', 'Send `{"confirm": true}` to reset the recovery.')
      }
      return {
        status: 'no_recovery_required' as const,
        message: 'The workspace is in order; nothing was reset.',
        cancelled_manual_retries: 0,
      }
    },
  )
}
