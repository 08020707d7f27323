import type { Kysely } from 'kysely'
import { isWorkspaceName, workspaceKey } from '../../tenancy/workspace-name.ts'
import type { ControlTables } from '../database/control-tables.ts'
import { newId } from '../database/opaque-id.ts'
import { ControlError } from './control-error.ts'

/** Whether something outside the database holds a workspace: a folder, or a user of a file. */
export type ForeignWorkspace = (workspace: string) => Promise<boolean>

/**
 * A name that no workspace has, for a new knowledge base: `<tenant-slug>__<kb-slug>`, or that and an
 * ending where an older one, of a tenant since renamed or a folder left behind, has the name.
 */
export async function freeWorkspace(
  db: Kysely<ControlTables>,
  slugs: { readonly tenant: string; readonly kb: string },
  isForeign: ForeignWorkspace,
): Promise<string> {
  const plain = `${slugs.tenant}__${slugs.kb}`
  if (await isFree(db, plain, isForeign)) return plain
  const name = `${plain}-${newId('kb').slice(3, 15)}`
  if (isWorkspaceName(name) && (await isFree(db, name, isForeign))) return name
  throw new ControlError('conflict', 'No free workspace name was found; choose another slug')
}

async function isFree(
  db: Kysely<ControlTables>,
  workspace: string,
  isForeign: ForeignWorkspace,
): Promise<boolean> {
  const row = await db
    .selectFrom('kbs')
    .select('kb_id')
    .where('workspace_key', '=', workspaceKey(workspace))
    .executeTakeFirst()
  return row === undefined && !(await isForeign(workspace))
}
