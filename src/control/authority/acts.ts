import type { Static } from 'typebox'
import type { ControlCore } from '../core/control-core.ts'
import { isoTime } from '../database/iso-time.ts'
import { objectIn } from '../database/json-column.ts'
import { type PageQuery, startOf } from '../database/page.ts'
import type { ActPageReply, ActQuery, ActReply } from '../operators/record-schemas.ts'
import type { Given } from '../wire/wire-schemas.ts'
import { type Actor, fileUserOf } from './actor.ts'
import { tenantAccess } from './authority.ts'

/** An administrative act as the API shows it; ids only. */
export type ActInfo = Readonly<Static<typeof ActReply>>

export type ActFilter = Given<typeof ActQuery> & Pick<PageQuery, 'page_size'>

export type ActPage = Readonly<Static<typeof ActPageReply>>

/** What was done to tenants and in their administration, newest first. */
export class Acts {
  readonly #core: ControlCore

  constructor(core: ControlCore) {
    this.#core = core
  }

  /** @throws {ControlError} `not_found`, `forbidden`, `invalid_input` (cursor) */
  async list(actor: Actor, tenantRef: string, filter: ActFilter): Promise<ActPage> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage')
    const { limit, after } = startOf(filter)
    let rows = db.selectFrom('acts').selectAll().where('tenant_id', '=', tenant.tenant_id)
    if (after !== undefined) rows = rows.where('seq', '<', Number(after.at))
    if (filter.action !== undefined) rows = rows.where('event', '=', filter.action)
    if (filter.actor !== undefined) rows = rows.where('actor', '=', filter.actor)
    if (filter.subject !== undefined) rows = rows.where('subject', '=', filter.subject)
    if (filter.from !== undefined) rows = rows.where('at', '>=', Date.parse(filter.from))
    if (filter.to !== undefined) rows = rows.where('at', '<', Date.parse(filter.to))
    const found = await rows
      .orderBy('seq', 'desc')
      .limit(limit + 1)
      .execute()
    const shown = found.slice(0, limit)
    const names = await namesOf(db, [...new Set(shown.map(({ actor }) => actor))])
    const last = shown.at(-1)
    return {
      items: shown.map((row) => ({
        seq: row.seq,
        at: isoTime(row.at),
        actor: row.actor,
        actor_name: names.get(row.actor) ?? null,
        action: row.event,
        subject: row.subject,
        details: objectIn(row.details),
      })),
      next_cursor:
        found.length > limit && last !== undefined
          ? Buffer.from(`${last.seq}:`).toString('base64url')
          : null,
    }
  }
}

/** What users, also of the users file, and keys are called now. */
async function namesOf(
  db: ControlCore['db'],
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (actors.length === 0) return new Map()
  const users = await db
    .selectFrom('users')
    .select(['user_id as id', 'username as name'])
    .where('user_id', 'in', [...actors])
    .execute()
  const keys = await db
    .selectFrom('api_keys')
    .select(['key_id as id', 'name'])
    .where('key_id', 'in', [...actors])
    .execute()
  const ofFile = actors.flatMap((id) => {
    const name = fileUserOf(id)
    return name === undefined ? [] : [{ id, name }]
  })
  return new Map([...users, ...keys, ...ofFile].map(({ id, name }) => [id, name]))
}
