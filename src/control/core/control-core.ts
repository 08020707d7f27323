import type { Transaction } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import type { ControlDatabase } from '../database/control-database.ts'
import type { ControlTables } from '../database/control-tables.ts'
import type { JsonObject } from '../database/json-column.ts'

/** What hears of changes once they are durable. It must not throw. */
export interface ChangeListener {
  /**
   * Access has changed, of each tag: `user:<id>`, `tenant:<id>` or `key:<id>`. It is called before
   * the change is acknowledged.
   */
  accessChanged(tags: readonly string[]): void
  /** Engines of these workspaces have to be opened anew to see their settings. */
  engineChanged(workspaces: readonly string[]): void
}

/** An administrative act, as the audit gets it; ids only, never a secret or a name. */
export interface Act {
  readonly event: string
  readonly tenantId?: string | undefined
  /** What it was done to. */
  readonly subject: string
  readonly details?: JsonObject
}

/** One transaction in the making, and whom it will concern. */
export class Mutation {
  readonly tx: Transaction<ControlTables>
  readonly at: number
  readonly accessTags: string[] = []
  readonly workspaces: string[] = []
  readonly acts: (Act & { readonly actor: string; readonly at: number })[] = []

  constructor(tx: Transaction<ControlTables>, at: number) {
    this.tx = tx
    this.at = at
  }

  touch(...tags: readonly `${'user' | 'tenant' | 'key'}:${string}`[]): void {
    this.accessTags.push(...tags)
  }

  reopen(...workspaces: readonly string[]): void {
    this.workspaces.push(...workspaces)
  }

  async record(actor: Actor, act: Act): Promise<void> {
    this.acts.push({ ...act, actor: actor.id, at: this.at })
    await this.tx
      .insertInto('acts')
      .values({
        at: this.at,
        tenant_id: act.tenantId ?? null,
        actor: actor.id,
        event: act.event,
        subject: act.subject,
        details: JSON.stringify(act.details ?? {}),
      })
      .execute()
  }
}

export interface ControlCoreOptions {
  readonly listener?: ChangeListener
  /** Gets every act once it is durable. */
  readonly onAct?: ((act: Act & { readonly actor: string }) => void) | undefined
  /** Milliseconds since 1970; for tests. */
  readonly now?: (() => number) | undefined
}

/** What the services share: the database, the clock, and one way to change anything. */
export class ControlCore {
  readonly database: ControlDatabase
  readonly #options: ControlCoreOptions
  readonly #listeners: ChangeListener[]

  constructor(database: ControlDatabase, options: ControlCoreOptions = {}) {
    this.database = database
    this.#options = options
    this.#listeners = options.listener === undefined ? [] : [options.listener]
  }

  get db() {
    return this.database.db
  }

  now(): number {
    return this.#options.now?.() ?? Date.now()
  }

  listen(listener: ChangeListener): void {
    this.#listeners.push(listener)
  }

  /** Runs one transaction; on return it is durable and all whom it concerns have been told. */
  async mutate<R>(work: (mutation: Mutation) => Promise<R>): Promise<R> {
    const { result, mutation } = await this.db.transaction().execute(async (tx) => {
      const mutation = new Mutation(tx, this.now())
      return { result: await work(mutation), mutation }
    })
    for (const listener of this.#listeners) {
      if (mutation.accessTags.length > 0) listener.accessChanged(mutation.accessTags)
      if (mutation.workspaces.length > 0) listener.engineChanged(mutation.workspaces)
    }
    for (const act of mutation.acts) this.#options.onAct?.(act)
    return result
  }
}
