import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import { type Actor, SERVER } from '../authority/actor.ts'
import { assertReaches, assertSuperAdmin, tenantAccess } from '../authority/authority.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { DeletionRow, DeletionStep } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { newId } from '../database/opaque-id.ts'
import { purgeRows, remainsOf } from '../database/purge-rows.ts'
import { kbBy } from '../kbs/kb-rows.ts'
import type { DeletionReply } from './tenant-schemas.ts'
import { countTenants, workspacesOf } from './tenants.ts'

/** The files of workspaces; each call may be repeated after it was interrupted. */
export type WorkspaceFiles = Pick<WorkspaceRegistry, 'trash' | 'restore' | 'purge' | 'remains'>

export type DeletionInfo = Readonly<Static<typeof DeletionReply>>

export interface DeletionsOptions {
  readonly files: WorkspaceFiles
  /** How long what was deleted can be restored; in milliseconds. */
  readonly retentionMs: number
  readonly onError: (error: unknown) => void
}

/**
 * Deletes tenants and knowledge bases: from the next request on nobody reaches them, their files go
 * into the trash, and after the retention everything of them is purged. Each step is recorded before
 * the next begins, and taken up again after a crash.
 */
export class Deletions {
  readonly #core: ControlCore
  readonly #options: DeletionsOptions
  readonly #running = new Map<string, Promise<void>>()

  constructor(core: ControlCore, options: DeletionsOptions) {
    this.#core = core
    this.#options = options
  }

  /**
   * Begins to delete a tenant. The rest goes on by itself; `settled` waits for it.
   *
   * @param confirm the tenant's slug
   * @throws {ControlError} `invalid_input` for another word, `forbidden`, `not_found`
   */
  async deleteTenant(actor: Actor, tenantRef: string, confirm: string): Promise<DeletionInfo> {
    const job = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const { tenant } = await tenantAccess(tx, actor, tenantRef, 'tenant:own', { suspended: true })
      if (confirm !== tenant.slug) {
        throw new ControlError('invalid_input', 'Confirm the deletion with the slug of the tenant')
      }
      await tx
        .updateTable('tenants')
        .set({ status: 'deleting', updated_at: at, version: tenant.version + 1 })
        .where('tenant_id', '=', tenant.tenant_id)
        .execute()
      await countTenants(mutation, -1)
      const workspaces = await workspacesOf(mutation, tenant.tenant_id)
      return this.#insert(mutation, actor, tenant.tenant_id, null, workspaces)
    })
    this.#start(job)
    return infoOf(job)
  }

  /** @throws {ControlError} `default_kb`, `forbidden`, `not_found` */
  async deleteKb(actor: Actor, tenantRef: string, kbRef: string): Promise<DeletionInfo> {
    const job = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'kb:delete')
      const { tenant_id } = access.tenant
      const kb = await kbBy(tx, tenant_id, kbRef)
      assertReaches(access, kb.kb_id)
      if (kb.status !== 'active') throw notFound('knowledge base')
      if (kb.is_default === 1) {
        throw new ControlError('default_kb', 'The default knowledge base goes with its tenant')
      }
      await tx
        .updateTable('kbs')
        .set({ status: 'deleting', updated_at: at, version: kb.version + 1 })
        .where('kb_id', '=', kb.kb_id)
        .execute()
      return this.#insert(mutation, actor, tenant_id, kb.kb_id, [kb.workspace])
    })
    this.#start(job)
    return infoOf(job)
  }

  /**
   * Puts a tenant back as it was. Keys and memberships come back with it.
   *
   * @throws {ControlError} `super_admin_only`; `not_deleted` when there is nothing in the trash
   */
  async restoreTenant(actor: Actor, tenantRef: string): Promise<DeletionInfo> {
    assertSuperAdmin(actor)
    const { tenant } = await tenantAccess(this.#core.db, actor, tenantRef, 'tenant:own', {
      deleting: true,
    })
    return this.#restore(actor, tenant.tenant_id, null)
  }

  async restoreKb(actor: Actor, tenantRef: string, kbRef: string): Promise<DeletionInfo> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'kb:manage')
    const kb = await kbBy(db, tenant.tenant_id, kbRef)
    return this.#restore(actor, tenant.tenant_id, kb.kb_id)
  }

  /** Purges a tenant in the trash before its time. @throws {ControlError} `not_deleted` */
  async purgeTenantNow(actor: Actor, tenantRef: string): Promise<DeletionInfo> {
    assertSuperAdmin(actor)
    const { tenant } = await tenantAccess(this.#core.db, actor, tenantRef, 'tenant:own', {
      deleting: true,
    })
    const job = await this.#openJob(tenant.tenant_id, null)
    await this.settled(job.job_id)
    await this.#exclusively(job.job_id, () => this.#purge(job.job_id))
    return this.status(actor, job.job_id)
  }

  /** @throws {ControlError} `not_found`, also for callers who are neither operator nor member */
  async status(actor: Actor, jobId: string): Promise<DeletionInfo> {
    const job = await this.#job(jobId)
    if (!actor.superAdmin && job.created_by !== actor.id) throw notFound('deletion')
    return infoOf(job)
  }

  /** Resolves when what is under way of a job has ended; never rejects. */
  async settled(jobId: string): Promise<void> {
    await this.#running.get(jobId)
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /**
   * Takes up what was interrupted, and purges what has been in the trash for long enough. To be
   * called at start and now and then.
   */
  async resume(): Promise<void> {
    const open = await this.#core.db
      .selectFrom('deletions')
      .selectAll()
      .where('step', 'in', ['marked', 'purging', 'trashed'])
      .execute()
    for (const job of open) {
      const due = job.step === 'purging' || job.purge_after <= this.#core.now()
      try {
        if (job.step === 'marked') await this.#exclusively(job.job_id, () => this.#trash(job))
        if (due) await this.#exclusively(job.job_id, () => this.#purge(job.job_id))
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }

  #start(job: DeletionRow): void {
    this.#exclusively(job.job_id, () => this.#trash(job)).catch(this.#options.onError)
  }

  /** One thing at a time for one job. */
  async #exclusively(jobId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#running.get(jobId) ?? Promise.resolve()
    const run = before.then(work)
    const quiet = run.catch(() => undefined)
    this.#running.set(jobId, quiet)
    try {
      await run
    } finally {
      if (this.#running.get(jobId) === quiet) this.#running.delete(jobId)
    }
  }

  async #trash(job: DeletionRow): Promise<void> {
    if ((await this.#job(job.job_id)).step !== 'marked') return
    for (const workspace of workspacesIn(job)) {
      await this.#options.files.trash(workspace, job.job_id)
    }
    await this.#core.mutate((mutation) => this.#step(mutation, job.job_id, 'trashed'))
  }

  async #restore(actor: Actor, tenantId: string, kbId: string | null): Promise<DeletionInfo> {
    const { job_id } = await this.#openJob(tenantId, kbId)
    await this.#exclusively(job_id, async () => {
      const job = await this.#job(job_id)
      if (job.step !== 'trashed' && job.step !== 'marked') throw notDeleted()
      for (const workspace of workspacesIn(job)) {
        await this.#options.files.restore(workspace, job_id)
      }
      await this.#core.mutate(async (mutation) => {
        await this.#step(mutation, job_id, 'restored')
        await revive(mutation, tenantId, kbId)
        await mutation.record(actor, {
          event: kbId === null ? 'tenant_restored' : 'kb_restored',
          tenantId,
          subject: kbId ?? tenantId,
        })
      })
    })
    return infoOf(await this.#job(job_id))
  }

  /** Files, then rows, then a look that nothing remained: only then it counts as purged. */
  async #purge(jobId: string): Promise<void> {
    const job = await this.#job(jobId)
    if (job.step !== 'trashed' && job.step !== 'purging') return
    await this.#core.mutate((mutation) => this.#step(mutation, jobId, 'purging'))
    await this.#options.files.purge(jobId)
    if (job.kb_id === null) await this.#purgeKbsOf(job.tenant_id)
    await this.#core.mutate(async (mutation) => {
      await purgeRows(mutation.tx, job)
      mutation.touch(`tenant:${job.tenant_id}`)
    })
    this.#core.database.clearLog()
    const left = [...(await remainsOf(this.#core.db, job))]
    if (await this.#options.files.remains(workspacesIn(job), jobId)) left.push('files')
    if (left.length > 0) {
      throw new ControlError('deletion_unverified', `A deletion left ${left.join(', ')} behind`)
    }
    await this.#core.mutate(async (mutation) => {
      await this.#step(mutation, jobId, 'purged', { workspaces: '[]' })
      await mutation.record(SERVER, {
        event: job.kb_id === null ? 'tenant_purged' : 'kb_purged',
        tenantId: job.tenant_id,
        subject: job.kb_id ?? job.tenant_id,
      })
    })
    this.#core.database.clearLog()
  }

  /** Knowledge bases that were in the trash when their tenant went. */
  async #purgeKbsOf(tenantId: string): Promise<void> {
    const jobs = await this.#core.db
      .selectFrom('deletions')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kb_id', 'is not', null)
      .where('step', 'in', ['marked', 'trashed', 'purging'])
      .execute()
    for (const { job_id } of jobs) {
      await this.settled(job_id)
      await this.#options.files.purge(job_id)
      await this.#core.mutate((mutation) => {
        return this.#step(mutation, job_id, 'purged', { workspaces: '[]' })
      })
    }
  }

  async #insert(
    mutation: Mutation,
    actor: Actor,
    tenantId: string,
    kbId: string | null,
    workspaces: readonly string[],
  ): Promise<DeletionRow> {
    const { tx, at } = mutation
    mutation.touch(`tenant:${tenantId}`)
    await mutation.record(actor, {
      event: kbId === null ? 'tenant_deleted' : 'kb_deleted',
      tenantId,
      subject: kbId ?? tenantId,
    })
    return tx
      .insertInto('deletions')
      .values({
        job_id: newId('job'),
        tenant_id: tenantId,
        kb_id: kbId,
        step: 'marked',
        workspaces: JSON.stringify(workspaces),
        purge_after: at + this.#options.retentionMs,
        created_by: actor.id,
        created_at: at,
        updated_at: at,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  async #step(
    { tx, at }: Mutation,
    jobId: string,
    step: DeletionStep,
    more: Partial<DeletionRow> = {},
  ): Promise<void> {
    await tx
      .updateTable('deletions')
      .set({ ...more, step, updated_at: at })
      .where('job_id', '=', jobId)
      .execute()
  }

  async #openJob(tenantId: string, kbId: string | null): Promise<DeletionRow> {
    const row = await this.#core.db
      .selectFrom('deletions')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('kb_id', kbId === null ? 'is' : '=', kbId)
      .where('step', 'in', ['marked', 'trashed', 'purging'])
      .executeTakeFirst()
    if (row === undefined) throw notDeleted()
    return row
  }

  async #job(jobId: string): Promise<DeletionRow> {
    const row = await this.#core.db
      .selectFrom('deletions')
      .selectAll()
      .where('job_id', '=', jobId)
      .executeTakeFirst()
    if (row === undefined) throw notFound('deletion')
    return row
  }
}

async function revive(mutation: Mutation, tenantId: string, kbId: string | null): Promise<void> {
  mutation.touch(`tenant:${tenantId}`)
  if (kbId !== null) {
    await mutation.tx
      .updateTable('kbs')
      .set({ status: 'active', updated_at: mutation.at })
      .where('kb_id', '=', kbId)
      .execute()
    return
  }
  await mutation.tx
    .updateTable('tenants')
    .set({
      // A tenant that was suspended before stays so.
      status: sql`CASE WHEN status_reason IS NULL THEN 'active' ELSE 'suspended' END`,
      updated_at: mutation.at,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
  await countTenants(mutation, 1)
}

function workspacesIn({ workspaces }: DeletionRow): string[] {
  const list: unknown = JSON.parse(workspaces)
  return Array.isArray(list) ? list.map(String) : []
}

function notDeleted(): ControlError {
  return new ControlError('not_deleted', 'There is nothing in the trash to restore or purge')
}

function infoOf(job: DeletionRow): DeletionInfo {
  return {
    job_id: job.job_id,
    tenant_id: job.tenant_id,
    kb_id: job.kb_id,
    step: job.step,
    purge_after: isoTime(job.purge_after),
    created_at: isoTime(job.created_at),
  }
}
