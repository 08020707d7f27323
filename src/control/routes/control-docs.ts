import type { OperationDoc, OperationDocs } from '../../openapi/operation-doc.ts'
import { RAGFLOW_DOCS } from '../ragflow/ragflow-docs.ts'
import { ACCOUNT_DOCS } from './account-docs.ts'
import { ADMIN_DOCS } from './admin-docs.ts'
import { documented } from './documented.ts'
import { KB_DOCS } from './kb-docs.ts'
import { MEMBER_DOCS } from './member-docs.ts'
import { SETTINGS_DOCS } from './settings-docs.ts'
import { SNAPSHOT_DOCS } from './snapshot-docs.ts'
import { TENANT_DOCS } from './tenant-docs.ts'

const all: Record<string, OperationDoc> = {
  ...TENANT_DOCS,
  ...KB_DOCS,
  ...MEMBER_DOCS,
  ...SETTINGS_DOCS,
  ...ACCOUNT_DOCS,
  ...ADMIN_DOCS,
  ...SNAPSHOT_DOCS,
}

/** What is said of every route of the control plane that is described. */
export const CONTROL_DOCS: OperationDocs = { ...documented(all), ...RAGFLOW_DOCS }
