import type { OperationDoc } from '../../openapi/operation-doc.ts'
import { MEMBER } from '../members/member-docs.ts'
import { documented, pageWith, TENANT_ID, WHEN } from '../wire/documented.ts'

const TENANT = {
  tenant_id: TENANT_ID,
  slug: 'acme',
  name: 'Acme',
  tenant_name: 'Acme',
  description: 'Pumps',
  status: 'active',
  status_reason: null,
  is_active: true,
  metadata: { plan: 'small' },
  version: 1,
  role: 'owner',
  permissions: ['tenant:read', 'query:run'],
  last_used_at: WHEN.created_at,
  updated_at: WHEN.created_at,
  ...WHEN,
  num_knowledge_bases: 1,
  num_documents: 12,
  storage_used_gb: 0.01,
  config: { top_k: 40 },
  quota: { max_documents: 5000 },
  credit: null,
}

export const DELETION = {
  job_id: 'job_abcdefghij2345abcdef',
  tenant_id: TENANT_ID,
  kb_id: null,
  step: 'trashed',
  purge_after: '2026-06-30T09:00:00.000Z',
  created_at: WHEN.created_at,
}

const tag = 'Tenants'
const tenant = { example: TENANT }
const deletion = { example: DELETION }
const STALE = 'Somebody has changed it meanwhile, or the slug is in use'
const OPERATOR = 'For operators of the server.'

const change: OperationDoc = {
  tag,
  summary: 'Changes a tenant',
  description:
    'Only what is sent changes; no name on disk does. `If-Match` with the version that was read ' +
    'keeps a change by somebody else. `quota` and `credit` are for operators.',
  body: { example: { name: 'Acme Ltd', config: { top_k: 60, chunk_size: null } } },
  reply: tenant,
  errors: { 409: STALE },
}

export const TENANT_DOCS = documented({
  'GET /tenants': {
    tag,
    summary: 'Lists the tenants of the caller',
    description: 'The newest first. An operator sees all, or with `mine` their own.',
    reply: { example: pageWith(TENANT) },
  },
  'POST /tenants': {
    tag,
    summary: 'Creates a tenant with a knowledge base `default`',
    description:
      'For operators, and for every user where TENANT_SELF_SERVICE is on. Its creator is its ' +
      'owner; `quota`, `credit` and `owner` are for operators.',
    body: { example: { name: 'Acme', description: 'Pumps', slug: 'acme' } },
    reply: tenant,
    errors: { 409: 'The slug is in use' },
  },
  'GET /tenants/me': {
    tag,
    summary: 'Shows the tenant of `X-Tenant-ID`, or the only one of the caller',
    reply: tenant,
  },
  'GET /tenants/:tenant': {
    tag,
    summary: 'Shows a tenant, by id or slug',
    description: '`config`, `quota` and `credit` are there for those who may manage it.',
    reply: tenant,
  },
  'PUT /tenants/:tenant': change,
  'PATCH /tenants/:tenant': change,
  'POST /tenants/:tenant/suspend': {
    tag,
    summary: 'Suspends a tenant from the next request on',
    description: `${OPERATOR} Open streams end.`,
    body: { example: { reason: 'Unpaid since March' } },
    reply: { example: { ...TENANT, status: 'suspended', is_active: false } },
  },
  'POST /tenants/:tenant/resume': {
    tag,
    summary: 'Ends a suspension',
    description: OPERATOR,
    reply: tenant,
  },
  'DELETE /tenants/:tenant': {
    tag,
    summary: 'Deletes a tenant',
    description:
      'For its owner. Nobody reaches it from the next request on; its files go into the trash, ' +
      'and are purged after TENANT_TRASH_DAYS. With `wait` the answer is 204 once they are there.',
    reply: deletion,
  },
  'POST /tenants/:tenant/restore': {
    tag,
    summary: 'Takes a tenant back out of the trash',
    description: OPERATOR,
    reply: deletion,
    errors: { 409: 'There is nothing in the trash' },
  },
  'POST /tenants/:tenant/purge': {
    tag,
    summary: 'Purges a deleted tenant before its time',
    description: OPERATOR,
    reply: deletion,
    errors: { 409: 'There is nothing in the trash' },
  },
  'POST /tenants/:tenant/transfer': {
    tag,
    summary: 'Makes another member the owner, and the owner an admin',
    body: { example: { user_id: 'bea' } },
    reply: { example: MEMBER },
  },
  'GET /deletions/:job': {
    tag,
    summary: 'Tells how far a deletion is',
    description: 'For who began it, and for operators.',
    reply: deletion,
  },
})
