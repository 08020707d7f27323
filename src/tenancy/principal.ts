/** From most to least. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer', 'viewer:read-only'] as const
export type Role = (typeof ROLES)[number]

/** Who is calling: what a credential proved, looked up anew on every request. */
export interface Principal {
  readonly userId: string
  readonly username: string
  /** Every workspace the caller may choose; never empty. */
  readonly workspaces: readonly string[]
  /** The one used when the request chooses none; one of `workspaces`. */
  readonly defaultWorkspace: string
  readonly role: Role
  /** Opens routes that are marked `super-admin`, and no workspace. */
  readonly superAdmin: boolean
}
