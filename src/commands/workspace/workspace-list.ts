import { DOC_STATUSES } from '../../engine/ports/document-record.ts'
import { isSameName, nameIn } from '../../stores/sqlite/database/stored-name.ts'
import { surveyWorkspace, type WorkspaceSurvey } from '../../stores/sqlite/verify/survey.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { foreignDatabase, namesIn, registryOf } from './known-workspaces.ts'
import { unfinishedDeletions } from './unfinished-deletions.ts'

interface ListedWorkspace extends WorkspaceSurvey {
  readonly name: string
  /** Of all its files: database, log, indexes, uploads, and what waits in its inputs. */
  readonly bytes: number
  /** The name of the workspace whose database it has; null when that has none yet. */
  readonly database_of: string | null
}

/** Prints every workspace under the storage folder; they may be in use. */
export async function listWorkspaces(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<void> {
  const config = configOf(context)
  const registry = registryOf(config)
  const listed: ListedWorkspace[] = []
  for (const name of await namesIn(registry)) {
    const { dir } = registry.folders.of(name)
    const bytes = await registry.bytes(name)
    listed.push({ name, ...surveyWorkspace(dir), bytes, database_of: nameIn(dir) })
  }
  if (json) {
    context.print(JSON.stringify(listed, null, 2))
    return
  }
  if (listed.length === 0) context.print('There are no workspaces.')
  for (const line of aligned(listed.map(cells))) context.print(line)
  for (const { name, database_of: own } of listed) {
    if (own !== null && !isSameName(own, name)) context.print(foreignDatabase(name, own))
  }
  for (const { workspace } of await unfinishedDeletions(registry)) {
    const command = `workspace delete ${workspace} --yes`
    context.print(`The deletion of ${workspace} is unfinished: run \`${command}\`.`)
  }
}

function cells({ name, state, documents, bytes, embedding }: ListedWorkspace): string[] {
  const total = Object.values(documents).reduce((sum, count) => sum + count, 0)
  const others = DOC_STATUSES.filter((status) => status !== 'processed' && documents[status] > 0)
  const more = others.map((status) => `${documents[status]} ${status}`).join(', ')
  const mark = embedding === null ? '' : `${embedding.id} (${embedding.dimension})`
  return [name, state, `${total} documents${more && ` (${more})`}`, humanBytes(bytes), mark]
}

function aligned(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** As people read it: `12.3 MB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}
