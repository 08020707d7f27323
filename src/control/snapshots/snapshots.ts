import { type Static, Type } from 'typebox'
import { NullableInteger, OpenObject } from '../../routes/common-schemas.ts'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Role } from '../../tenancy/principal.ts'
import type { Actor } from '../authority/actor.ts'
import { roleAllows, type TenantPermission } from '../authority/tenant-permissions.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { KbRow, SnapshotRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { type JsonObject, objectIn } from '../database/json-column.ts'
import { newId, newSecret } from '../database/opaque-id.ts'
import { type Page, type PageQuery, pageIn } from '../database/page.ts'

/** Who asks, and where: what the request was let in with. */
export interface SnapshotCaller {
  readonly actor: Actor
  readonly workspace: string
  readonly role: Role
  /** All workspaces that the caller holds. */
  readonly workspaces: readonly string[]
}

export interface NewSnapshot {
  /** Path of the page, such as `/documents`. */
  readonly route: string
  /** Filters, page and whatever else makes the view; no id of a tenant. */
  readonly state: JsonObject
  /** In seconds; default 7 days, at most 90. */
  readonly expires_in?: number | undefined
  /** How often it can be read; unbounded unless given. */
  readonly max_uses?: number | null | undefined
}

const snapshot = {
  snapshot_id: Type.String(),
  kb_id: Type.String(),
  route: Type.String(),
  created_by: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
  uses: Type.Integer(),
  max_uses: NullableInteger,
  is_active: Type.Boolean(),
}

export const SnapshotReply = Type.Object(snapshot)
export const IssuedSnapshotReply = Type.Object({ ...snapshot, token: Type.String() })

export const SnapshotViewReply = Type.Object({
  route: Type.String(),
  state: OpenObject,
  kb: Type.Object({ kb_id: Type.String(), slug: Type.String(), name: Type.String() }),
})

/** A snapshot as the API shows it; never its token. */
export type SnapshotInfo = Readonly<Static<typeof SnapshotReply>>

/** With its token, which is in this answer only. */
export type IssuedSnapshot = Readonly<Static<typeof IssuedSnapshotReply>>

/** What was kept, for its reader. */
export type SnapshotView = Readonly<Static<typeof SnapshotViewReply>>

const DAY_SECONDS = 24 * 3600
const LIFE_SECONDS = { usual: 7 * DAY_SECONDS, most: 90 * DAY_SECONDS, least: 60 }
const KEPT_AFTER_END_MS = 30 * DAY_SECONDS * 1000
const LONGEST_STATE = 16_384

/** Views that somebody keeps to show them to others of the tenant. The database has digests of their tokens. */
export class Snapshots {
  readonly #core: ControlCore

  constructor(core: ControlCore) {
    this.#core = core
  }

  /** @throws {ControlError} `not_found` for a workspace of no tenant, `invalid_input` (state) */
  async create(caller: SnapshotCaller, input: NewSnapshot): Promise<IssuedSnapshot> {
    const token = newSecret('trs')
    const row = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const kb = await kbOf(tx, caller.workspace)
      const row = await tx
        .insertInto('snapshots')
        .values({
          snapshot_id: newId('snp'),
          token_digest: digestOf(token).toString('hex'),
          tenant_id: kb.tenant_id,
          kb_id: kb.kb_id,
          route: input.route,
          state: checkedState(input.state, kb),
          created_by: caller.actor.id,
          created_at: at,
          expires_at: at + lifeMs(input.expires_in),
          uses: 0,
          max_uses: input.max_uses ?? null,
          revoked_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await forgetOld(mutation, kb.tenant_id)
      await note(mutation, caller.actor, row, 'snapshot_created')
      return row
    })
    return { ...this.#info(row), token }
  }

  /**
   * What a token leads to, for a caller who is in the same tenant and may see such a view there. Each
   * reading counts as a use.
   *
   * @throws {ControlError} `not_found`, the same for every reason
   */
  async read(caller: SnapshotCaller, token: string): Promise<SnapshotView> {
    const view = await this.#core.mutate((mutation) => this.#use(mutation, caller, token))
    if (view === undefined) throw notFound('snapshot')
    return view
  }

  /** The caller's own in this tenant, newest first; all of them for those who manage it. */
  async list(caller: SnapshotCaller, query: PageQuery): Promise<Page<SnapshotInfo>> {
    const { db } = this.#core
    const { tenant_id } = await kbOf(db, caller.workspace)
    let rows = db.selectFrom('snapshots').where('tenant_id', '=', tenant_id)
    if (!manages(caller)) rows = rows.where('created_by', '=', caller.actor.id)
    return pageIn(rows.selectAll(), query, {
      at: 'created_at',
      id: 'snapshot_id',
      direction: 'desc',
      item: (row) => this.#info(row),
      positionOf: (row) => ({ at: row.created_at, id: row.snapshot_id }),
    })
  }

  /** Ends a snapshot, for its maker and those who manage the tenant. A second call changes nothing. */
  async revoke(caller: SnapshotCaller, snapshotId: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const { tenant_id } = await kbOf(tx, caller.workspace)
      const row = await tx
        .selectFrom('snapshots')
        .selectAll()
        .where('snapshot_id', '=', snapshotId)
        .where('tenant_id', '=', tenant_id)
        .executeTakeFirst()
      if (row === undefined || !(manages(caller) || row.created_by === caller.actor.id)) {
        throw notFound('snapshot')
      }
      if (row.revoked_at !== null) return
      await tx
        .updateTable('snapshots')
        .set({ revoked_at: at })
        .where('snapshot_id', '=', snapshotId)
        .execute()
      await note(mutation, caller.actor, row, 'snapshot_revoked')
    })
  }

  /** Undefined when it is refused, which is recorded: throwing would undo the record. */
  async #use(
    mutation: Mutation,
    caller: SnapshotCaller,
    token: string,
  ): Promise<SnapshotView | undefined> {
    const { tx } = mutation
    const { tenant_id } = await kbOf(tx, caller.workspace)
    const row = await tx
      .selectFrom('snapshots')
      .selectAll()
      .where('token_digest', '=', digestOf(token).toString('hex'))
      .executeTakeFirst()
    const kb = row && (await reachableKb(tx, caller, row))
    if (row === undefined || kb === undefined || row.tenant_id !== tenant_id) {
      return this.#refuse(mutation, caller, tenant_id)
    }
    if (!this.#isActive(row) || !mayShowView(row.route, caller.role)) {
      return this.#refuse(mutation, caller, tenant_id)
    }
    await tx
      .updateTable('snapshots')
      .set((set) => ({ uses: set('uses', '+', 1) }))
      .where('snapshot_id', '=', row.snapshot_id)
      .execute()
    return {
      route: row.route,
      state: objectIn(row.state),
      kb: { kb_id: kb.kb_id, slug: kb.slug, name: kb.name },
    }
  }

  async #refuse(mutation: Mutation, { actor }: SnapshotCaller, tenantId: string) {
    await mutation.record(actor, { event: 'snapshot_refused', tenantId, subject: tenantId })
    return undefined
  }

  #isActive({ revoked_at, expires_at, uses, max_uses }: SnapshotRow): boolean {
    const spent = max_uses !== null && uses >= max_uses
    return revoked_at === null && expires_at > this.#core.now() && !spent
  }

  #info(row: SnapshotRow): SnapshotInfo {
    return {
      snapshot_id: row.snapshot_id,
      kb_id: row.kb_id,
      route: row.route,
      created_by: row.created_by,
      created_at: isoTime(row.created_at),
      expires_at: isoTime(row.expires_at),
      uses: row.uses,
      max_uses: row.max_uses,
      is_active: this.#isActive(row),
    }
  }
}

async function kbOf(db: ControlCore['db'], workspace: string): Promise<KbRow> {
  const row = await db
    .selectFrom('kbs')
    .selectAll()
    .where('workspace', '=', workspace)
    .executeTakeFirst()
  if (row === undefined) throw notFound('tenant of this workspace')
  return row
}

/** The knowledge base of a snapshot, when the caller holds it too. */
async function reachableKb(
  db: ControlCore['db'],
  { workspaces }: SnapshotCaller,
  { kb_id }: SnapshotRow,
): Promise<KbRow | undefined> {
  const kb = await db
    .selectFrom('kbs')
    .selectAll()
    .where('kb_id', '=', kb_id)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return kb !== undefined && workspaces.includes(kb.workspace) ? kb : undefined
}

async function forgetOld({ tx, at }: Mutation, tenantId: string): Promise<void> {
  await tx
    .deleteFrom('snapshots')
    .where('tenant_id', '=', tenantId)
    .where('expires_at', '<', at - KEPT_AFTER_END_MS)
    .execute()
}

async function note(mutation: Mutation, actor: Actor, row: SnapshotRow, event: string) {
  await mutation.record(actor, { event, tenantId: row.tenant_id, subject: row.snapshot_id })
}

/** A view that names its tenant would choose it where it is opened. */
function checkedState(state: JsonObject, kb: KbRow): string {
  const text = JSON.stringify(state)
  if (text.length > LONGEST_STATE) {
    throw new ControlError('invalid_input', `The state has at most ${LONGEST_STATE} characters`)
  }
  if ([kb.tenant_id, kb.kb_id, kb.workspace].some((id) => text.includes(JSON.stringify(id)))) {
    throw new ControlError('invalid_input', 'The state must not name a tenant or knowledge base')
  }
  return text
}

function manages({ role }: SnapshotCaller): boolean {
  return roleAllows(role, 'tenant:manage')
}

function lifeMs(seconds: number = LIFE_SECONDS.usual): number {
  return Math.min(LIFE_SECONDS.most, Math.max(LIFE_SECONDS.least, seconds)) * 1000
}

/** What one needs to open a page: a query shows answers, everything else documents. */
export function permissionOfView(
  route: string,
): TenantPermission & ('query:run' | 'document:read') {
  return /^\/(query|chat|retrieval)(\/|$)/.test(route) ? 'query:run' : 'document:read'
}

function mayShowView(route: string, role: Role): boolean {
  return roleAllows(role, permissionOfView(route))
}
