import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Config } from '../../config/config.ts'
import { controlDatabasePath } from '../../control/database/control-database.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { registryOf } from './known-workspaces.ts'
import { humanBytes } from './workspace-list.ts'

/** A workspace in the trash. */
interface InTrash {
  readonly workspace: string
  readonly bytes: number
  /** Of a server with tenants; null for what `workspace delete` has not removed to the end. */
  readonly job_id: string | null
  /** What it was of, where the control database knows it. */
  readonly tenant: string | null
  readonly step: string | null
  readonly purge_after: string | null
}

type Job = Pick<InTrash, 'tenant' | 'step' | 'purge_after'>

const UNKNOWN: Job = { tenant: null, step: null, purge_after: null }

/** Prints what is in the trash beside the workspaces, and how to get it back or rid of it. */
export async function listTrash(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<void> {
  const config = configOf(context)
  const trashed = await registryOf(config).trashed()
  const found = trashed.map(({ workspace, bytes, ticket, at }): InTrash => {
    if (at !== null) return { workspace, bytes, job_id: null, ...UNKNOWN }
    return { workspace, bytes, job_id: ticket, ...jobIn(config, ticket) }
  })
  if (json) {
    context.print(JSON.stringify(found, null, 2))
    return
  }
  if (found.length === 0) context.print('The trash is empty.')
  for (const one of found) context.print(lineOf(one))
}

function lineOf({ workspace, bytes, job_id, tenant, step, purge_after }: InTrash): string {
  const size = humanBytes(bytes)
  if (job_id === null) {
    const ways = `\`workspace delete ${workspace} --yes\` or \`workspace restore ${workspace}\``
    return `${workspace}  ${size}  half deleted: ${ways}`
  }
  const of = tenant === null ? '' : ` of ${tenant}`
  if (step === null) return `${workspace}  ${size}  ${job_id}, which no database knows`
  return `${workspace}  ${size}  ${job_id}${of}, ${step}, purged after ${purge_after}`
}

/** As the control database has it, which a server may have open. */
export function jobIn(config: Config, job: string): Job {
  const file = controlDatabasePath(config.WORKING_DIR)
  if (!existsSync(file)) return UNKNOWN
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const sql = `SELECT tenants.slug AS tenant, step, purge_after
      FROM deletions LEFT JOIN tenants USING (tenant_id) WHERE job_id = ?`
    const found = database
      .prepare<[string], { tenant: string | null; step: string; purge_after: number }>(sql)
      .get(job)
    if (found === undefined) return UNKNOWN
    return { ...found, purge_after: new Date(found.purge_after).toISOString() }
  } finally {
    database.close()
  }
}
