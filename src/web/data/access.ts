import { queryOptions } from '@tanstack/react-query'
import { type HttpClient, type Place, SINGLE_TENANT } from '../api/http-client.ts'

export type Role = 'owner' | 'admin' | 'editor' | 'viewer' | 'viewer:read-only'
export type Permission =
  | 'document:create'
  | 'document:read'
  | 'document:update'
  | 'document:delete'
  | 'kb:manage'
  | 'query:run'

/** How the server understands a request, in the words of `GET /auth/explain`. */
export interface Explanation {
  readonly username: string
  readonly workspace: string | null
  readonly workspaces: readonly string[]
  readonly role: string | null
  readonly permissions?: readonly Permission[]
  readonly super_admin?: boolean
  readonly choices?: readonly {
    readonly tenant: string
    readonly kb: string
    readonly role: string
  }[]
}

/** What an account may choose, and do there. */
export const accessOptions = (http: HttpClient, account: string, place?: Place) =>
  queryOptions({
    queryKey: [account, place?.tenantId ?? '', place?.kb ?? '', 'access'],
    queryFn: ({ signal }) => http.json<Explanation>('auth/explain', { place, signal }),
    staleTime: 60_000,
  })

/** A tenant as a card shows it. */
export interface TenantCard {
  readonly tenant_id: string
  readonly name: string
  readonly role: string | null
  readonly status: string
  readonly status_reason: string | null
  readonly num_knowledge_bases: number
  readonly num_documents?: number
}

export interface TenantPage {
  readonly items: readonly TenantCard[]
  readonly total: number
  readonly next_cursor: string | null
}

/** The tenants that a users file gives somebody: its workspaces, told apart by their owners. */
export function tenantsOfWorkspaces({ workspaces, role }: Explanation, search: string): TenantPage {
  const counts = new Map<string, number>()
  for (const name of workspaces) {
    const { tenant } = ownerOf(name)
    counts.set(tenant, (counts.get(tenant) ?? 0) + 1)
  }
  const wanted = search.toLowerCase()
  const items = [...counts]
    .filter(([tenant]) => tenant.toLowerCase().includes(wanted))
    .map(([tenant, count]) => ({
      tenant_id: tenant,
      name: tenant,
      role,
      status: 'active',
      status_reason: null,
      num_knowledge_bases: count,
    }))
  return { items, total: items.length, next_cursor: null }
}

export interface KbCard {
  readonly slug: string
  readonly name: string
  readonly is_default: boolean
  readonly num_documents?: number
}

/** The knowledge bases of a tenant that a users file gives somebody. */
export function kbsOfWorkspaces({ workspaces }: Explanation, tenantId: string): KbCard[] {
  if (tenantId === SINGLE_TENANT) return [{ slug: 'default', name: 'default', is_default: true }]
  const slugs = workspaces.map(ownerOf).filter(({ tenant }) => tenant === tenantId)
  return [...new Set(slugs.map(({ kb }) => kb))].map((kb) => ({
    slug: kb,
    name: kb,
    is_default: kb === 'default',
  }))
}

/** `acme__manuals` is the knowledge base `manuals` of `acme`, and `acme` its `default`. */
function ownerOf(workspace: string): { readonly tenant: string; readonly kb: string } {
  const at = workspace.indexOf('__')
  const [tenant, kb] =
    at < 1 ? [workspace, 'default'] : [workspace.slice(0, at), workspace.slice(at + 2)]
  return { tenant: tenant.toLowerCase(), kb: kb.toLowerCase() }
}

const TENANTS_A_PAGE = 30
const MOST_KBS = 100

export const tenantsOptions = (
  http: HttpClient,
  account: string,
  search: string,
  cursor: string | undefined,
) =>
  queryOptions({
    queryKey: [account, '', '', 'tenants', search, cursor ?? ''],
    queryFn: ({ signal }) =>
      http.json<TenantPage>('api/v1/users/me/tenants', {
        query: { page_size: TENANTS_A_PAGE, search: search || undefined, cursor },
        signal,
      }),
  })

export const kbsOptions = (http: HttpClient, account: string, tenantId: string) =>
  queryOptions({
    queryKey: [account, tenantId, '', 'kbs'],
    queryFn: async ({ signal }) => {
      const { items } = await http.json<{ readonly items: readonly KbCard[] }>(
        'api/v1/knowledge-bases',
        { query: { page_size: MOST_KBS }, place: { tenantId }, signal },
      )
      return [...items]
    },
    staleTime: 30_000,
  })

export interface Invitation {
  readonly invitation_id: string
  readonly tenant_name: string
  readonly role: string
}

export const invitationsOptions = (http: HttpClient, account: string) =>
  queryOptions({
    queryKey: [account, '', '', 'invitations'],
    queryFn: ({ signal }) =>
      http.json<{ readonly items: readonly Invitation[] }>('api/v1/users/me/invitations', {
        signal,
      }),
  })
