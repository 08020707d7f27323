import { PERMISSIONS } from '../../http/route-access.ts'
import { digestOf } from '../control-files/secret-digest.ts'
import { mayUse } from '../permissions.ts'
import type { Principal } from '../principal.ts'
import type { Tokens } from '../sign-in/token.ts'
import type { AccountAdmission, Admission } from './admission.ts'

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
  /** Null when none was chosen, and there is no default. */
  readonly workspace: string | null
  readonly chosen_by: string
  readonly workspaces: readonly string[]
  /** In that workspace. */
  readonly role: string | null
  readonly permissions: readonly string[]
  readonly super_admin: boolean
  /** What may be chosen, where tenants are kept. */
  readonly choices?: readonly Choice[]
  /** What to do where no workspace was chosen. */
  readonly advice?: string
}

interface Choice {
  readonly tenant: string
  readonly kb: string
  readonly workspace: string
  readonly role: string
}

const SELECTORS =
  'Send X-Tenant-ID with the tenant of one of `choices`, and X-KB-ID with its kb unless that is ' +
  '`default`; or begin the path with /api/v1/tenants/TENANT/kbs/KB.'
const INVITED = 'You are in no tenant: ask to be invited to one.'
const ACTING =
  'You look after this server and are in no tenant: its management is below /api/v1/admin. To work ' +
  'in the data of a tenant, send X-Acting-For with it, and X-Acting-Reason with the reason.'

/** The same for a caller who has chosen no workspace, and has none by default. */
export function explainUnplaced(admission: AccountAdmission, tokens: Tokens): Explanation {
  const { principal } = admission
  const choices = choicesOf(principal) ?? []
  const lonely = principal.superAdmin ? ACTING : INVITED
  return {
    username: principal.username,
    credential: credentialOf(admission, tokens),
    workspace: null,
    chosen_by: 'nothing',
    workspaces: principal.workspaces,
    role: null,
    permissions: [],
    super_admin: principal.superAdmin,
    choices,
    advice: choices.length > 0 ? SELECTORS : lonely,
  }
}

function choicesOf({ grants }: Principal): Choice[] | undefined {
  return grants?.map(({ tenant, kb, workspace, role }) => ({
    tenant: tenant.slug,
    kb: kb.slug,
    workspace,
    role,
  }))
}

export function explain(admission: Admission, tokens: Tokens): Explanation {
  const { context, chosenBy } = admission
  const { principal, workspace } = context
  const choices = choicesOf(principal)
  return {
    username: principal.username,
    credential: credentialOf(admission, tokens),
    workspace,
    chosen_by: chosenBy.length === 0 ? 'the default workspace of the user' : chosenBy.join(', '),
    workspaces: principal.workspaces,
    role: principal.role,
    permissions: PERMISSIONS.filter((permission) => mayUse(principal, permission)),
    super_admin: principal.superAdmin,
    ...(choices === undefined ? {} : { choices }),
  }
}

function credentialOf(
  { credentials: { apiKey, bearerKey, token } }: Pick<AccountAdmission, 'credentials'>,
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
