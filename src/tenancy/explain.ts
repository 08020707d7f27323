import type { Admission } from './admission.ts'
import { mayUse, PERMISSIONS } from './permissions.ts'
import { digestOf } from './secret-digest.ts'
import type { Tokens } from './token.ts'

/** How the layer understood a request, for whoever sent it. Nothing in it is of anybody else. */
export interface Explanation {
  readonly username: string
  readonly credential: {
    readonly kind: 'api_key' | 'bearer_api_key' | 'token' | 'none'
    /** First digits of the key's SHA-256, to find it in the users file. */
    readonly sha256?: string
    /** ISO 8601 in UTC. */
    readonly expires_at?: string
  }
  readonly workspace: string
  readonly chosen_by: string
  readonly workspaces: readonly string[]
  readonly role: string
  readonly permissions: readonly string[]
  readonly super_admin: boolean
}

export function explain(admission: Admission, tokens: Tokens): Explanation {
  const { context, chosenBy } = admission
  const { principal, workspace } = context
  return {
    username: principal.username,
    credential: credentialOf(admission, tokens),
    workspace,
    chosen_by: chosenBy.length === 0 ? 'the default workspace of the user' : chosenBy.join(', '),
    workspaces: principal.workspaces,
    role: principal.role,
    permissions: PERMISSIONS.filter((permission) => mayUse(principal, permission)),
    super_admin: principal.superAdmin,
  }
}

function credentialOf(
  { credentials: { apiKey, bearerKey, token } }: Admission,
  tokens: Tokens,
): Explanation['credential'] {
  const key = apiKey ?? bearerKey
  if (key !== undefined) {
    const sha256 = digestOf(key).toString('hex').slice(0, 8)
    return { kind: apiKey === undefined ? 'bearer_api_key' : 'api_key', sha256 }
  }
  if (token === undefined) return { kind: 'none' }
  return { kind: 'token', expires_at: new Date(tokens.verify(token).exp * 1000).toISOString() }
}
