import type { ErrorDoc, OperationDoc, OperationDocs } from '../../openapi/operation-doc.ts'
import { TENANT_ID } from '../wire/documented.ts'

/** Also failures have it, with status 200 and a code. */
const ENVELOPE = {
  type: 'object',
  required: ['code', 'message', 'data'],
  properties: {
    code: { type: 'integer', description: '0 for success' },
    message: { type: 'string' },
    data: {},
  },
}

const enveloped = (description: string): ErrorDoc => ({ description, schema: ENVELOPE })

const errors: NonNullable<OperationDoc['errors']> = {
  400: null,
  401: enveloped('No credential, or one that is wrong'),
  403: enveloped('Not allowed'),
  413: null,
  422: null,
  429: enveloped('Too many requests'),
  503: enveloped('Out of reach'),
}

/** @param body an example, for routes that take one */
function envelope(summary: string, data: unknown, body?: unknown): OperationDoc {
  return {
    tag: 'RAGFlow',
    summary,
    ...(body === undefined ? {} : { body: { example: body } }),
    reply: { schema: ENVELOPE, example: { code: 0, message: 'success', data } },
    errors,
  }
}

const PERSON = { id: 'usr_klmnopqrst2345klmnop', email: 'bea@acme.example', nickname: 'bea' }

/** What is said of RAGFlow's paths. */
export const RAGFLOW_DOCS = {
  'GET /api/v1/tenant/list': envelope('Lists the tenants of the caller, and their invitations', [
    { tenant_id: TENANT_ID, role: 'owner', nickname: 'Acme', email: '', avatar: '' },
  ]),
  'POST /api/v1/tenant/create': envelope(
    'Creates a tenant',
    { tenant_id: TENANT_ID, name: 'Acme', status: '1' },
    { name: 'Acme' },
  ),
  'GET /api/v1/tenant/:tenant_id/user/list': envelope('Lists the members of a tenant', [PERSON]),
  'POST /api/v1/tenant/:tenant_id/user': envelope('Invites a user', PERSON, {
    email: 'bea@acme.example',
  }),
  'DELETE /api/v1/tenant/:tenant_id/user/:user_id': envelope('Removes a member', true),
  'PUT /api/v1/tenant/agree/:tenant_id': envelope('Accepts an invitation', true),
  'PUT /api/v1/tenant/refuse/:tenant_id': envelope('Declines an invitation', true),
  'POST /api/v1/system/new_token': envelope(
    'Makes an API key',
    { id: 'key_abcdefghij2345abcdef', tenant_id: TENANT_ID, token: 'trk_Zq1xW8a…', beta: null },
    { name: 'crawler' },
  ),
  'GET /api/v1/system/token_list': envelope('Lists API keys, without the keys', [
    { id: 'key_abcdefghij2345abcdef', tenant_id: TENANT_ID, token: 'trk_Zq1xW8a', beta: null },
  ]),
  'DELETE /api/v1/system/token/:token': envelope('Revokes an API key', true),
  'GET /api/v1/system/stats': envelope('Shows what a tenant used, by day', {
    pv: [['2026-05-31', 12]],
    uv: [['2026-05-31', 3]],
    round: [['2026-05-31', 12]],
    tokens: [['2026-05-31', 4.2]],
    speed: [],
    thumb_up: [],
  }),
} satisfies OperationDocs
