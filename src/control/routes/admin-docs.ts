import type { OperationDoc } from '../../openapi/operation-doc.ts'
import { KB_ID, TENANT_ID } from './documented.ts'
import { TENANT_DOCS } from './tenant-docs.ts'

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
}

const tag = 'Server'
const OPERATOR = 'For operators of the server.'

function asOperator(route: string): OperationDoc {
  const doc = TENANT_DOCS[route]
  if (doc === undefined) throw new Error(`${route} is not described`)
  return { ...doc, tag, description: OPERATOR }
}

/** What is said of what only operators may ask, beside users. */
export const ADMIN_DOCS: Readonly<Record<string, OperationDoc>> = {
  'GET /admin/tenants': asOperator('GET /tenants'),
  'POST /admin/tenants': asOperator('POST /tenants'),
  'GET /admin/engines': {
    tag,
    summary: 'Lists the engines that are in memory, the largest first',
    description: OPERATOR,
    reply: { example: { items: [ENGINE], total: 1 } },
  },
  'POST /admin/engines/:workspace/evict': {
    tag,
    summary: 'Closes an engine as soon as nobody uses it',
    description: `${OPERATOR} The next request opens it anew.`,
    reply: { example: { status: 'closing', workspace: ENGINE.workspace } },
  },
}
