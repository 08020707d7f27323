import { type Dirent, existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Config } from '../../config/config.ts'
import { bytesIn } from '../../files/folder-bytes.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { humanBytes } from './workspace-list.ts'
import { placesOf } from './workspace-places.ts'
import { trashed } from './workspace-trash.ts'

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

interface Job {
  readonly tenant: string | null
  readonly step: string
  readonly purge_after: number
}

/** Prints what is in the trash beside the workspaces, and how to get it back or rid of it. */
export async function listTrash(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<void> {
  const config = configOf(context)
  const found = [...(await ofTenants(config)), ...(await unfinished(config))]
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
    return `${workspace}  ${size}  to be finished by \`workspace delete ${workspace} --yes\``
  }
  const of = tenant === null ? '' : ` of ${tenant}`
  if (step === null) return `${workspace}  ${size}  ${job_id}, which no database knows`
  return `${workspace}  ${size}  ${job_id}${of}, ${step}, purged after ${purge_after}`
}

async function ofTenants(config: Config): Promise<InTrash[]> {
  const found: InTrash[] = []
  const roots = [config.WORKING_DIR, config.INPUT_DIR].map((root) => join(root, '_trash'))
  const jobs = new Set((await Promise.all(roots.map(foldersIn))).flat().filter(isJob))
  for (const job of [...jobs].sort()) {
    const known = jobIn(config, job)
    const folders = roots.map((root) => join(root, job))
    const names = new Set((await Promise.all(folders.map(foldersIn))).flat())
    for (const workspace of [...names].sort()) {
      let bytes = 0
      for (const folder of folders) bytes += await bytesIn(join(folder, workspace))
      found.push({
        workspace,
        bytes,
        job_id: job,
        tenant: known?.tenant ?? null,
        step: known?.step ?? null,
        purge_after: known === undefined ? null : new Date(known.purge_after).toISOString(),
      })
    }
  }
  return found
}

async function unfinished(config: Config): Promise<InTrash[]> {
  const nothing = { job_id: null, tenant: null, step: null, purge_after: null }
  const found: InTrash[] = []
  for (const { name: workspace, folder } of await trashed(placesOf(config))) {
    found.push({ workspace, bytes: await bytesIn(folder), ...nothing })
  }
  return found
}

function isJob(folder: string): boolean {
  return folder.startsWith('job_')
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** As the control database has it, which a server may have open. */
function jobIn(config: Config, job: string): Job | undefined {
  const file = join(config.WORKING_DIR, '_control', 'control.db')
  if (!existsSync(file)) return undefined
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const sql = `SELECT tenants.slug AS tenant, step, purge_after
      FROM deletions LEFT JOIN tenants USING (tenant_id) WHERE job_id = ?`
    return database.prepare<[string], Job>(sql).get(job)
  } finally {
    database.close()
  }
}
