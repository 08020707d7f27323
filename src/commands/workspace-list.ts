import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DOC_STATUSES } from '../engine/document-record.ts'
import { surveyWorkspace, type WorkspaceSurvey } from '../stores/sqlite/verify/survey.ts'
import { type CommandContext, configOf } from './command-context.ts'
import { namesIn, placesOf, type WorkspacePlaces } from './workspace-places.ts'
import { trashed } from './workspace-trash.ts'

interface ListedWorkspace extends WorkspaceSurvey {
  readonly name: string
  /** On disk, uploads included. */
  readonly bytes: number
}

/** Prints every workspace under the storage folder; they may be in use. */
export async function listWorkspaces(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<void> {
  const places = placesOf(configOf(context))
  const listed: ListedWorkspace[] = []
  for (const name of await namesIn(places)) {
    const survey = surveyWorkspace(places.dirOf(name))
    listed.push({ name, ...survey, bytes: await sizeOf(places, name) })
  }
  if (json) {
    context.print(JSON.stringify(listed, null, 2))
    return
  }
  if (listed.length === 0) context.print('There are no workspaces.')
  for (const line of aligned(listed.map(cells))) context.print(line)
  for (const { name } of await trashed(places)) {
    context.print(`The deletion of ${name} is unfinished: run \`workspace delete ${name} --yes\`.`)
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

/** The workspace and its uploads; files that wait to be scanned are not its own yet. */
export async function sizeOf(places: WorkspacePlaces, name: string): Promise<number> {
  return (await folderBytes(places.dirOf(name))) + (await folderBytes(places.uploadsOf(name)))
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  let bytes = 0
  for (const entry of entries.filter((one) => one.isFile())) {
    bytes += (await stat(join(folder, entry.name)).catch(() => undefined))?.size ?? 0
  }
  return bytes
}
