import { resolve } from 'node:path'
import { exportWorkspace } from '../../stores/sqlite/export/export-workspace.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { existingOwn, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { humanBytes } from './workspace-list.ts'

/** Writes a workspace into one file. */
export async function exportTo(context: CommandContext, name: string, to: string): Promise<void> {
  const config = configOf(context)
  const { dir, uploads } = await existingOwn(registryOf(config), name)
  const file = resolve(to)
  const source = { dir, uploadFolder: uploads, name }
  const { documents, files, bytes, missing } = await exportWorkspace(source, file)
  await recordWorkspaceAct(config, context, 'workspace_exported', name)
  context.print(`${documents} documents and ${files} files: ${humanBytes(bytes)} in ${file}`)
  if (missing.length === 0) return
  context.print(`Warning: ${missing.length} files of documents are missing: ${missing.join(', ')}`)
}
