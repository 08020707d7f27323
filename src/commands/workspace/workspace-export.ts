import { resolve } from 'node:path'
import { exportWorkspace } from '../../stores/sqlite/export/export-workspace.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { humanBytes } from './workspace-list.ts'
import { existingOwn, placesOf } from './workspace-places.ts'

/** Writes a workspace into one file. */
export async function exportTo(context: CommandContext, name: string, to: string): Promise<void> {
  const config = configOf(context)
  const places = placesOf(config)
  const dir = existingOwn(places, name)
  const file = resolve(to)
  const source = { dir, uploadFolder: places.uploadsOf(name), name }
  const { documents, files, bytes, missing } = await exportWorkspace(source, file)
  await recordWorkspaceAct(config, context, 'workspace_exported', name)
  context.print(`${documents} documents and ${files} files: ${humanBytes(bytes)} in ${file}`)
  if (missing.length === 0) return
  context.print(`Warning: ${missing.length} files of documents are missing: ${missing.join(', ')}`)
}
