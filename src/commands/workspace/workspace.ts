import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { claim } from './workspace-claim.ts'
import { deleteWorkspace } from './workspace-delete.ts'
import { asWorkspaceError } from './workspace-error.ts'
import { exportTo } from './workspace-export.ts'
import { importFrom } from './workspace-import.ts'
import { importLightRag, type LightRagOptions } from './workspace-import-lightrag.ts'
import { listWorkspaces } from './workspace-list.ts'
import { reindex } from './workspace-reindex.ts'
import { restore } from './workspace-restore.ts'
import { listTrash } from './workspace-trash-list.ts'
import { verify } from './workspace-verify.ts'

/** `tenantrag workspace …`: the workspaces under the storage folder. */
export function workspaceCommand(context: CommandContext): Command {
  const workspace = new Command('workspace').description(
    'list, verify, export, import, reindex, claim, delete and restore workspaces',
  )
  workspace
    .command('list')
    .description('show workspaces with their documents, size and state')
    .option('--json', 'print JSON', false)
    .action((options: { json: boolean }) => said(null, () => listWorkspaces(context, options)))
  workspace
    .command('verify [name]')
    .description('look whether a workspace is whole; exit code 1 when something is wrong')
    .option('--all', 'all workspaces', false)
    .action((name: string | undefined, options: { all: boolean }) =>
      said(name, () => verify(context, name, options)),
    )
  workspace
    .command('export <name> <file>')
    .description('write a workspace into one file; it may be in use')
    .action((name: string, file: string) => said(name, () => exportTo(context, name, file)))
  workspace
    .command('import <file> [name]')
    .description('make a new workspace from an export')
    .option('--accept-problems', 'even if verify finds something wrong in it', false)
    .action((file: string, name: string | undefined, options: { acceptProblems: boolean }) =>
      said(name, () => importFrom(context, file, name, options)),
    )
  workspace
    .command('reindex <name>')
    .description('embed everything again with the configured embedding model')
    .option('--force', 'even if the model and dimension are those it has', false)
    .action((name: string, options: { force: boolean }) =>
      said(name, () => reindex(context, name, options)),
    )
  workspace
    .command('trash')
    .description('show what was deleted and still has its files')
    .option('--json', 'print JSON', false)
    .action((options: { json: boolean }) => said(null, () => listTrash(context, options)))
  workspace
    .command('restore <name>')
    .description('put back a workspace that is in the trash')
    .action((name: string) => said(name, () => restore(context, name)))
  workspace
    .command('claim <name>')
    .description('say that the rag.db in its folder is its own, after it was copied or moved there')
    .action((name: string) => said(name, () => claim(context, name)))
  workspace
    .command('delete <name>')
    .description('remove a workspace with its uploads')
    .option('--yes', 'do it; without this, only tell what would go', false)
    .action((name: string, options: { yes: boolean }) =>
      said(name, () => deleteWorkspace(context, name, options)),
    )
  workspace
    .command('import-lightrag <folder> [name]')
    .description(
      'make a new workspace from a working folder of Python LightRAG; no model is called',
    )
    .option('--apply', 'do it; without this, only tell what would come in', false)
    .option(
      '--embedding-model <id>',
      'the embedding its vectors are from, as verify and list show it',
    )
    .option('--embedding-dimension <number>', 'and the length of these vectors')
    .action((folder: string, name: string | undefined, options: LightRagOptions) =>
      said(name, () => importLightRag(context, folder, name, options)),
    )
  return workspace
}

/** Runs a command; what goes wrong with storage and files is told in a sentence. */
async function said(name: string | null | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw asWorkspaceError(error, name ?? null)
  }
}
