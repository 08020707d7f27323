import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { unpackFiles } from '../../stores/sqlite/import/packed-files.ts'
import { type Unpacked, unpackExport } from '../../stores/sqlite/import/unpack-export.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { parseName, refuseTaken, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { WorkspaceError } from './workspace-error.ts'
import { appear, withIncoming } from './workspace-incoming.ts'

/** Makes a workspace of an export. It appears whole or not at all. */
export async function importFrom(
  context: CommandContext,
  from: string,
  wanted: string | undefined,
  { acceptProblems }: { readonly acceptProblems: boolean },
): Promise<void> {
  const config = configOf(context)
  const registry = registryOf(config)
  const file = resolve(from)
  if (!existsSync(file)) throw new WorkspaceError(`There is no file ${file}.`)
  if (wanted !== undefined) await refuseTaken(registry, parseName(wanted))
  await withIncoming(registry.folders, async (folder) => {
    const unpacked = await unpackExport(file, folder)
    const name = wanted ?? parseName(unpacked.name)
    await refuseTaken(registry, name)
    refuseProblems(context, unpacked, acceptProblems)
    const written = await unpackFiles(folder, registry.folders.of(name).uploads)
    try {
      await appear(registry, name, folder)
    } catch (error) {
      for (const path of written) await rm(path, { force: true })
      throw error
    }
    await recordWorkspaceAct(config, context, 'workspace_imported', name)
    context.print(`Workspace "${name}" has ${unpacked.documents} documents.`)
    if (unpacked.embedding === null) return
    const { id, dimension } = unpacked.embedding
    context.print(`Its vectors are those of ${id} (${dimension} dimensions).`)
  })
}

/** A backup with a flaw may be all there is, so whoever asks for it gets it. */
function refuseProblems(
  context: CommandContext,
  { findings }: Unpacked,
  acceptProblems: boolean,
): void {
  const problems = findings.filter(({ level }) => level === 'problem')
  for (const { check, text } of problems) context.print(`  problem ${check}: ${text}`)
  if (problems.length === 0 || acceptProblems) return
  throw new WorkspaceError(
    'The export has the problems above, as the workspace had. Give --accept-problems to import it ' +
      'nevertheless.',
  )
}
