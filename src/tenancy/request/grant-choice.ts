import type { Principal, WorkspaceGrant } from '../principal.ts'
import { TenancyError } from '../tenancy-error.ts'

const MOST_NAMED = 10

/** What one selector of a request asks for; tenant and knowledge base are case-folded. */
export interface Selection {
  /** Where it stood, in words for the caller. */
  readonly source: string
  readonly workspace?: string | undefined
  readonly tenant?: string | undefined
  readonly kb?: string | undefined
}

/**
 * The grant that a request runs in: the one on which all its selectors agree. Tenant and
 * knowledge base may each be named by id or slug.
 *
 * @throws {TenancyError} `workspace_denied`, `no_workspace`, `selectors_disagree`, `kb_not_found`,
 * `workspace_required`, `tenant_suspended`
 */
export function chooseGrant(
  grants: readonly WorkspaceGrant[],
  { defaultWorkspace }: Pick<Principal, 'defaultWorkspace'>,
  selections: readonly Selection[],
): WorkspaceGrant {
  const ofTenant = tenantOf(grants, defaultWorkspace, selections)
  const wanted = kbOf(ofTenant, selections)
  const chosen =
    wanted.find(({ workspace }) => wanted.length === 1 || workspace === defaultWorkspace) ??
    (sameTenant(wanted) ? wanted.find(({ kb }) => kb.isDefault) : undefined)
  if (chosen === undefined) throw required(wanted)
  if (chosen.suspended) {
    throw new TenancyError('tenant_suspended', 'This tenant is suspended; ask your operator')
  }
  return chosen
}

function tenantOf(
  grants: readonly WorkspaceGrant[],
  defaultWorkspace: string | undefined,
  selections: readonly Selection[],
): readonly WorkspaceGrant[] {
  const naming = selections.filter(
    ({ workspace, tenant }) => workspace !== undefined || tenant !== undefined,
  )
  if (naming.length > 0) return narrowed(grants, naming, isThere, denied)
  if (grants.length === 0) throw none()
  const own = grants.find(({ workspace }) => workspace === defaultWorkspace)
  return own === undefined ? grants : grants.filter(({ tenant }) => tenant.id === own.tenant.id)
}

function kbOf(ofTenant: readonly WorkspaceGrant[], selections: readonly Selection[]) {
  const naming = selections.filter(({ kb }) => kb !== undefined)
  const holds = (grant: WorkspaceGrant, { kb }: Selection) => isNamed(grant.kb, kb)
  return narrowed(ofTenant, naming, holds, kbNotFound)
}

/** What all selections hold of; each by itself has to hold of something. */
function narrowed(
  grants: readonly WorkspaceGrant[],
  selections: readonly Selection[],
  holds: (grant: WorkspaceGrant, selection: Selection) => boolean,
  nothing: () => TenancyError,
): readonly WorkspaceGrant[] {
  let left = grants
  for (const selection of selections) {
    if (!grants.some((grant) => holds(grant, selection))) throw nothing()
    left = left.filter((grant) => holds(grant, selection))
  }
  if (left.length === 0 && selections.length > 0) {
    throw new TenancyError('selectors_disagree', 'The request names two different workspaces')
  }
  return left
}

function isThere(grant: WorkspaceGrant, { workspace, tenant }: Selection): boolean {
  if (workspace !== undefined && workspace !== grant.workspace) return false
  return tenant === undefined || isNamed(grant.tenant, tenant)
}

function isNamed(one: { readonly id: string; readonly slug: string }, name: string | undefined) {
  return name === one.id || name === one.slug
}

function sameTenant(grants: readonly WorkspaceGrant[]): boolean {
  return new Set(grants.map(({ tenant }) => tenant.id)).size === 1
}

function denied(): TenancyError {
  return new TenancyError('workspace_denied', 'No access to this workspace')
}

function kbNotFound(): TenancyError {
  return new TenancyError('kb_not_found', 'There is no such knowledge base')
}

function none(): TenancyError {
  return new TenancyError(
    'no_workspace',
    'You are in no tenant; ask to be invited to one. GET /auth/explain tells what you may do',
  )
}

/** The choices are the caller's own, so that they may hear of them. */
function required(choices: readonly WorkspaceGrant[]): TenancyError {
  const tenants = new Set(choices.map(({ tenant }) => tenant.slug))
  const [what, header, names] =
    tenants.size > 1
      ? ['tenant', 'X-Tenant-ID', [...tenants]]
      : ['knowledge base', 'X-KB-ID', choices.map(({ kb }) => kb.slug)]
  return new TenancyError(
    'workspace_required',
    `Choose a ${what}: send ${header} with ${listed(names)}. GET /auth/explain tells all of them`,
  )
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED)
  if (names.length > shown.length) return `${shown.join(', ')} or another of ${names.length}`
  return [shown.slice(0, -1).join(', '), ...shown.slice(-1)]
    .filter((one) => one !== '')
    .join(' or ')
}
