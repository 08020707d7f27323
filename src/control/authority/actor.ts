import type { KeyReach, Principal } from '../../tenancy/principal.ts'

/** Who asks a service for something. */
export interface Actor {
  /** Id of a user or key; `file:<name>` for users of the users file. */
  readonly id: string
  /** The id among the users of the control plane, for one of them. */
  readonly userId: string | undefined
  readonly superAdmin: boolean
  /** Set for API keys: what they may do ends here, whoever made them. */
  readonly key?: KeyReach | undefined
}

/** The server itself, as at start-up and in commands. */
export const OPERATOR: Actor = Object.freeze({
  id: 'operator',
  userId: undefined,
  superAdmin: true,
})

/** The server, for what it does by itself. */
export const SERVER: Actor = Object.freeze({ id: 'server', userId: undefined, superAdmin: true })

const OF_FILE = 'file:'

/** The name in the users file of the user with this id; undefined for others. */
export function fileUserOf(actorId: string): string | undefined {
  return actorId.startsWith(OF_FILE) ? actorId.slice(OF_FILE.length) : undefined
}

export function idOfFileUser(username: string): string {
  return `${OF_FILE}${username}`
}

export function actorOf(principal: Principal): Actor {
  const { userId, superAdmin, grants, keyOf } = principal
  if (grants === undefined) return { id: idOfFileUser(userId), userId: undefined, superAdmin }
  if (keyOf !== undefined) {
    return { id: userId, userId: undefined, superAdmin: false, key: keyOf }
  }
  return { id: userId, userId, superAdmin }
}
