import { ROLES, type Role } from '../../tenancy/principal.ts'

/** The roles that RAGFlow has; ours below admin are all `normal` there. */
export type RagflowRole = 'owner' | 'admin' | 'normal' | 'invite'

export function ragflowRole(role: Role): RagflowRole {
  return role === 'owner' || role === 'admin' ? role : 'normal'
}

/** What a client may ask for: our roles, and RAGFlow's `normal`, which works with documents. */
export const ASKED_ROLES = [...ROLES, 'normal'] as const

export function askedRole(asked: (typeof ASKED_ROLES)[number]): Role {
  return asked === 'normal' ? 'editor' : asked
}
