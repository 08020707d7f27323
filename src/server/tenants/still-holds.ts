import type { ControlDirectory } from '../../control/accounts/control-directory.ts'
import type { TenantContext } from '../../tenancy/context.ts'
import { ROLES } from '../../tenancy/principal.ts'
import type { Directory } from '../../tenancy/users/directory.ts'

/** Those who know the callers of a server. */
export interface Rights {
  readonly usersFile: Directory | undefined
  readonly control: ControlDirectory | undefined
}

/** Whether what a stream was let in with still holds, as of the users file or the control plane. */
export async function stillHolds(
  context: TenantContext,
  { usersFile, control }: Rights,
): Promise<boolean> {
  const { principal, workspace } = context
  if (principal.grants !== undefined) return control?.stillHolds(context) ?? false
  const now = (await usersFile?.findByUsername(principal.username))?.principal
  if (now === undefined || !now.workspaces.includes(workspace)) return false
  return ROLES.indexOf(now.role) <= ROLES.indexOf(principal.role)
}
