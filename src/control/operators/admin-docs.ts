import type { OperationDoc } from '../../openapi/operation-doc.ts'
import { TENANT_DOCS } from '../tenants/tenant-docs.ts'
import { documented, KB_ID, pageWith, TENANT_ID, WHEN } from '../wire/documented.ts'

const ENGINE = {
  workspace: 'acme__manuals',
  tenant_id: TENANT_ID,
  kb_id: KB_ID,
  state: 'ready',
  bytes: 8_388_608,
  leases: 1,
  background_leases: 0,
  granted: 240,
  documents_pending: 3,
  quarantined: false,
}

const TRASHED = {
  job_id: 'job_abcdefghij2345abcdef',
  tenant_id: TENANT_ID,
  tenant_slug: 'acme',
  tenant_name: 'Acme',
  kb_id: KB_ID,
  kb_slug: 'manuals',
  kb_name: 'Manuals',
  step: 'trashed',
  can_be_restored: true,
  deleted_at: '2026-05-31T09:00:00.000Z',
  deleted_by: WHEN.created_by,
  purge_after: '2026-06-30T09:00:00.000Z',
}

const tag = 'Server'
const OPERATOR = 'For operators of the server.'

function asOperator(route: keyof typeof TENANT_DOCS): OperationDoc {
  return { ...TENANT_DOCS[route], tag, description: OPERATOR }
}

/** What is said of what only operators may ask, beside users. */
export const ADMIN_DOCS = documented({
  'GET /admin/tenants': asOperator('GET /tenants'),
  'POST /admin/tenants': asOperator('POST /tenants'),
  'GET /admin/trash': {
    tag,
    summary: 'Lists deleted tenants and knowledge bases that are not purged yet',
    description: `${OPERATOR} The newest first.`,
    reply: { example: pageWith({ ...TRASHED, kb_id: null, kb_slug: null, kb_name: null }) },
  },
  'GET /tenants/:tenant/trash': {
    tag: 'Knowledge bases',
    summary: 'Lists deleted knowledge bases that are not purged yet',
    description: 'The newest first. `POST …/kbs/{kb}/restore` takes one back.',
    reply: { example: pageWith(TRASHED) },
  },
  'GET /admin/engines': {
    tag,
    summary: 'Lists the engines that are in memory, the largest first',
    description: `${OPERATOR} Those in quarantine are there also while they are closed.`,
    reply: { example: { items: [ENGINE], total: 1 } },
  },
  'POST /admin/engines/:workspace/evict': {
    tag,
    summary: 'Closes an engine as soon as nobody uses it',
    description: `${OPERATOR} The next request opens it anew.`,
    reply: { example: { status: 'closing', workspace: ENGINE.workspace } },
  },
  'POST /admin/engines/:workspace/free': {
    tag,
    summary: 'Ends the quarantine of a workspace',
    description: `${OPERATOR} A workspace comes into quarantine, a process of its own, when what was asked of it has ended two processes, and out of it after an hour in which it ended none.`,
    reply: { example: { workspace: ENGINE.workspace, was_quarantined: true } },
  },
})
