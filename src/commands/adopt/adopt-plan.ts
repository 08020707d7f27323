import { checkedSlug, slugOf } from '../../control/core/slug.ts'
import type { Role } from '../../tenancy/principal.ts'
import { ownerOf } from '../../tenancy/request/workspace-owner.ts'
import type { UserRecord } from '../../tenancy/users/users-schema.ts'
import { workspaceKey } from '../../tenancy/workspace-name.ts'

/** A knowledge base that a workspace becomes. */
export interface AdoptedKb {
  readonly workspace: string
  readonly slug: string
  readonly isDefault: boolean
}

export interface AdoptedTenant {
  /** Set for one that is there already and gets more knowledge bases. */
  readonly tenantId: string | undefined
  readonly slug: string
  readonly name: string
  readonly kbs: readonly AdoptedKb[]
}

export interface AdoptedMembership {
  /** The place of the tenant in {@link AdoptionPlan.tenants}. */
  readonly tenant: string
  readonly role: Role
  /** Undefined for all knowledge bases. */
  readonly workspaces: readonly string[] | undefined
}

export interface AdoptedUser {
  readonly record: UserRecord
  readonly memberships: readonly AdoptedMembership[]
}

export interface AdoptionPlan {
  /** By the first part of the workspaces' names, case-folded. */
  readonly tenants: ReadonlyMap<string, AdoptedTenant>
  readonly users: readonly AdoptedUser[]
  /** What will not be as one might expect, in sentences. */
  readonly notes: readonly string[]
}

/** What the control database holds already. */
export interface AlreadyThere {
  readonly slugs: ReadonlySet<string>
  readonly kbs: readonly {
    readonly workspace: string
    readonly slug: string
    readonly tenantId: string
    readonly tenantSlug: string
    /** Whether an adoption made its tenant: others only have the name by chance. */
    readonly isAdopted: boolean
  }[]
  /** Names, case-folded, of users that no adoption made. */
  readonly foreignUsers: ReadonlySet<string>
}

/**
 * What it takes to keep these workspaces and users as tenants. Each workspace stays where it is and
 * keeps its name: `acme__manuals` becomes the knowledge base `manuals` of the tenant `acme`, and a
 * name without a double underscore the default one of its own tenant.
 *
 * @param workspaces names of folders; those that users name are added
 */
export function planAdoption(
  workspaces: readonly string[],
  users: readonly UserRecord[],
  there: AlreadyThere,
): AdoptionPlan {
  const notes: string[] = []
  const named = users.flatMap(workspacesOf)
  const tenants = planTenants([...workspaces, ...named], there)
  const planned: AdoptedUser[] = []
  for (const record of users) {
    if (there.foreignUsers.has(record.username.normalize('NFC').toLowerCase())) {
      notes.push(`${record.username} is left out: the database has another user of that name.`)
      continue
    }
    planned.push({ record, memberships: membershipsOf(record, tenants, there, notes) })
  }
  for (const [owner, { slug }] of tenants) {
    const roles = planned.flatMap(({ memberships }) =>
      memberships.filter(({ tenant }) => tenant === owner).map(({ role }) => role),
    )
    if (!roles.includes('owner')) notes.push(`${slug} has no owner yet; an operator can name one.`)
  }
  return { tenants, users: planned, notes }
}

export function workspacesOf({ workspace, workspaces = [] }: UserRecord): string[] {
  return [...new Set([workspace, ...workspaces])]
}

function planTenants(
  workspaces: readonly string[],
  there: AlreadyThere,
): Map<string, AdoptedTenant> {
  const known = new Set(there.kbs.map(({ workspace }) => workspaceKey(workspace)))
  const byOwner = new Map<string, string[]>()
  const seen = new Set<string>()
  for (const workspace of [...workspaces].sort()) {
    const key = workspaceKey(workspace)
    if (seen.has(key)) continue
    seen.add(key)
    const { tenant } = ownerOf(workspace)
    const list = byOwner.get(tenant) ?? []
    byOwner.set(tenant, known.has(key) ? list : [...list, workspace])
  }
  const taken = new Set(there.slugs)
  const tenants = new Map<string, AdoptedTenant>()
  for (const [owner, fresh] of byOwner) {
    const held = there.kbs.filter(
      ({ workspace, isAdopted }) => isAdopted && ownerOf(workspace).tenant === owner,
    )
    const [first] = held
    if (first === undefined && fresh.length === 0) continue
    const slug = first?.tenantSlug ?? freeSlug(owner, 'tenant', taken)
    taken.add(slug)
    tenants.set(owner, {
      tenantId: first?.tenantId,
      slug,
      name: nameOf([...fresh, ...held.map(({ workspace }) => workspace)]),
      kbs: planKbs(fresh, new Set(held.map((kb) => kb.slug))),
    })
  }
  return tenants
}

function planKbs(workspaces: readonly string[], taken: Set<string>): AdoptedKb[] {
  const hasDefault = taken.size > 0
  const kbs = workspaces.map((workspace) => {
    const slug = freeSlug(ownerOf(workspace).kb, 'kb', taken)
    taken.add(slug)
    return { workspace, slug }
  })
  const usual = kbs.find(({ slug }) => slug === 'default') ?? kbs[0]
  return kbs.map((kb) => ({ ...kb, isDefault: !hasDefault && kb === usual }))
}

/** The text itself where it will do as a slug, else what can be made of it. */
function freeSlug(text: string, of: 'tenant' | 'kb', taken: ReadonlySet<string>): string {
  const made = isSlug(text, of) ? text : (slugOf(text) ?? of)
  const plain = isSlug(made, of) ? made : `${made}-${of}`
  let slug = plain
  for (let n = 2; taken.has(slug); n += 1) slug = `${plain}-${n}`
  return slug
}

function isSlug(text: string, of: 'tenant' | 'kb'): boolean {
  try {
    return checkedSlug(text, of) === text
  } catch {
    return false
  }
}

/** The tenant's part of the first name, in its own capitals. */
function nameOf([workspace = '']: readonly string[]): string {
  return workspace.slice(0, ownerOf(workspace).tenant.length)
}

/** Never more than what the file gives: managers of a whole tenant are limited to no part. */
function membershipsOf(
  record: UserRecord,
  tenants: ReadonlyMap<string, AdoptedTenant>,
  there: AlreadyThere,
  notes: string[],
): AdoptedMembership[] {
  const own = workspacesOf(record).filter((workspace) => {
    const kb = there.kbs.find((known) => isSame(known.workspace, workspace))
    if (kb === undefined || kb.isAdopted) return true
    notes.push(`${record.username} is to be added to ${kb.tenantSlug} by hand, for ${workspace}.`)
    return false
  })
  const owners = new Set(own.map((workspace) => ownerOf(workspace).tenant))
  return [...owners].map((tenant) => {
    const all = allOf(tenant, tenants, there)
    const held = all.filter((workspace) => own.some((name) => isSame(name, workspace)))
    const role = record.role ?? 'admin'
    const manages = role === 'owner' || role === 'admin'
    if (manages && held.length === all.length) return { tenant, role, workspaces: undefined }
    if (!manages) return { tenant, role, workspaces: held }
    notes.push(
      `${record.username} becomes editor of ${held.join(', ')}: an ${role} would reach all of ${tenant}.`,
    )
    return { tenant, role: 'editor', workspaces: held }
  })
}

function allOf(
  tenant: string,
  tenants: ReadonlyMap<string, AdoptedTenant>,
  { kbs }: AlreadyThere,
): string[] {
  const planned = tenants.get(tenant)
  const before = kbs.filter(({ tenantId }) => tenantId === planned?.tenantId)
  return [...(planned?.kbs ?? []), ...before].map(({ workspace }) => workspace)
}

function isSame(one: string, other: string): boolean {
  return workspaceKey(one) === workspaceKey(other)
}
