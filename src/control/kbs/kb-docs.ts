import type { OperationDoc } from '../../openapi/operation-doc.ts'
import { DELETION } from '../tenants/tenant-docs.ts'
import { documented, KB_ID, pageWith, TENANT_ID, WHEN } from '../wire/documented.ts'

const KB = {
  kb_id: KB_ID,
  tenant_id: TENANT_ID,
  slug: 'manuals',
  name: 'Manuals',
  kb_name: 'Manuals',
  description: 'Of pumps',
  workspace: 'acme__manuals',
  status: 'ready',
  is_active: true,
  is_default: false,
  metadata: {},
  config: { chunk_size: 800 },
  version: 1,
  permissions: ['tenant:read', 'query:run'],
  last_used_at: WHEN.created_at,
  updated_at: WHEN.created_at,
  ...WHEN,
  num_documents: 12,
  num_entities: 340,
  num_relations: 280,
  storage_used_mb: 4.5,
}

const tag = 'Knowledge bases'
const kb = { example: KB }
const ALSO = 'Also under `/api/v1/tenants/{tenant}/knowledge-bases` and `/api/v1/knowledge-bases`.'

const change: OperationDoc = {
  tag,
  summary: 'Changes a knowledge base',
  description: `Only what is sent changes; no name on disk does. ${ALSO}`,
  body: { example: { name: 'Manuals', config: { chunk_size: 800 } } },
  reply: kb,
  errors: { 409: 'Somebody has changed it meanwhile, or the slug is in use' },
}

export const KB_DOCS = documented({
  'GET /tenants/:tenant/kbs': {
    tag,
    summary: 'Lists the knowledge bases that the caller reaches',
    description: `The newest first. ${ALSO}`,
    reply: { example: pageWith(KB) },
  },
  'POST /tenants/:tenant/kbs': {
    tag,
    summary: 'Creates a knowledge base',
    description: ALSO,
    body: { example: { name: 'Manuals', description: 'Of pumps', config: { chunk_size: 800 } } },
    reply: kb,
    errors: {
      403: 'Not allowed, or the tenant has as many as it may have',
      409: 'The slug is in use',
    },
  },
  'GET /tenants/:tenant/kbs/:kb': {
    tag,
    summary: 'Shows a knowledge base, by id or slug',
    description: ALSO,
    reply: kb,
  },
  'PUT /tenants/:tenant/kbs/:kb': change,
  'PATCH /tenants/:tenant/kbs/:kb': change,
  'DELETE /tenants/:tenant/kbs/:kb': {
    tag,
    summary: 'Deletes a knowledge base',
    description: `As a tenant is deleted. ${ALSO}`,
    reply: { example: { ...DELETION, kb_id: KB_ID } },
    errors: { 409: 'The default knowledge base goes with its tenant' },
  },
  'POST /tenants/:tenant/kbs/:kb/restore': {
    tag,
    summary: 'Takes a knowledge base back out of the trash',
    description: ALSO,
    reply: { example: { ...DELETION, kb_id: KB_ID, step: 'restored' } },
    errors: { 409: 'There is nothing in the trash' },
  },
})
