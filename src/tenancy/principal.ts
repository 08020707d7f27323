/** From most to least. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer', 'viewer:read-only'] as const
export type Role = (typeof ROLES)[number]

/** One workspace that a principal may choose, with what its name alone does not tell. */
export interface WorkspaceGrant {
  readonly workspace: string
  readonly tenant: { readonly id: string; readonly slug: string }
  readonly kb: { readonly id: string; readonly slug: string; readonly isDefault: boolean }
  /** What the principal may do there. */
  readonly role: Role
  /** Whether the tenant is held back: choosing it is refused. */
  readonly suspended: boolean
}

/** How far an API key of a tenant reaches. */
export interface KeyReach {
  readonly tenantId: string
  readonly role: Role
  /** The knowledge bases it is limited to; undefined = all. */
  readonly kbIds: readonly string[] | undefined
}

/** Who is calling: what a credential proved, looked up anew on every request. */
export interface Principal {
  readonly userId: string
  readonly username: string
  /** Every workspace the caller may choose. */
  readonly workspaces: readonly string[]
  /** The one used when the request chooses none; one of `workspaces`. Without it, it has to. */
  readonly defaultWorkspace: string | undefined
  readonly role: Role
  /** Opens routes that are marked `super-admin`, and no workspace. */
  readonly superAdmin: boolean
  /** One for each workspace, where a role depends on it; in place of `role`. */
  readonly grants?: readonly WorkspaceGrant[]
  /** Set for the key of a tenant. */
  readonly keyOf?: KeyReach | undefined
  /** The tenant that a super admin acts for in this request. */
  readonly actingFor?: string | undefined
  /** The caller's own bound on requests; undefined = that of the server. */
  readonly requestsPerMinute?: number | undefined
}

/** What the principal is in one of its workspaces. */
export function actingIn(principal: Principal, { workspace, role }: WorkspaceGrant): Principal {
  return Object.freeze({ ...principal, defaultWorkspace: workspace, role })
}
