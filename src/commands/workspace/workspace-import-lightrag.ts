import { resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import type { Embedding } from '../../stores/sqlite/database/embedding-mark.ts'
import type { ImportPlan } from '../../stores/sqlite/lightrag/import-plan.ts'
import { planImport } from '../../stores/sqlite/lightrag/plan-import.ts'
import { readWorkingFolder } from '../../stores/sqlite/lightrag/working-folder.ts'
import { writeImport } from '../../stores/sqlite/lightrag/write-import.ts'
import { verifyWorkspace } from '../../stores/sqlite/verify/verify-workspace.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { parseName, refuseTaken, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { WorkspaceError } from './workspace-error.ts'
import { appear, withIncoming } from './workspace-incoming.ts'

export interface LightRagOptions {
  readonly apply: boolean
  readonly embeddingModel?: string
  readonly embeddingDimension?: string
}

/** Problems that are printed one by one. */
const MOST_PROBLEMS = 20

/** Makes a workspace of a working folder of Python LightRAG, without a call to any model. */
export async function importLightRag(
  context: CommandContext,
  folder: string,
  wanted: string | undefined,
  options: LightRagOptions,
): Promise<void> {
  const config = configOf(context)
  const registry = registryOf(config)
  const name = parseName(wanted ?? config.WORKSPACE)
  await refuseTaken(registry, name)
  const embedding = await embeddingOf(config, options)
  const plan = planImport(await readWorkingFolder(resolve(folder)))
  printPlan(context, plan)
  const mismatch = mismatchOf(plan, embedding)
  if (mismatch !== null) throw new WorkspaceError(mismatch)
  if (!options.apply) {
    context.print(`Nothing was written. Run it again with --apply to make "${name}" of this.`)
    return
  }
  await withIncoming(registry.folders, async (incoming) => {
    await writeImport(incoming, plan, embedding)
    const { findings } = await verifyWorkspace(incoming, registry.folders.of(name).uploads)
    const problem = findings.find(({ level }) => level === 'problem')
    if (problem !== undefined) {
      throw new WorkspaceError(`What came out is not whole, so it was not kept: ${problem.text}.`)
    }
    await appear(registry, name, incoming)
  })
  await recordWorkspaceAct(config, context, 'workspace_imported', name)
  context.print(`Workspace "${name}" has it all, with the vectors of ${embedding.id}.`)
}

/** What the vectors are said to come from; by default, what is configured. */
async function embeddingOf(config: Config, options: LightRagOptions): Promise<Embedding> {
  const { embeddingModel: id, embeddingDimension: dimension } = options
  if (id === undefined && dimension === undefined) {
    const { buildModels } = await import('../../server/models/build-models.ts')
    const { embedding } = await buildModels(config)
    return { id: embedding.id, dimension: embedding.dimension }
  }
  const length = Number(dimension)
  if (id === undefined || id === '' || !Number.isInteger(length) || length < 1) {
    throw new WorkspaceError(
      'Give both --embedding-model, such as openai:text-embedding-3-small, and ' +
        '--embedding-dimension, a whole number.',
    )
  }
  return { id, dimension: length }
}

function mismatchOf({ found }: ImportPlan, { id, dimension }: Embedding): string | null {
  if (found.dimension === null || found.dimension === dimension) return null
  return (
    `The vectors have ${found.dimension} dimensions, those of ${id} have ${dimension}. Configure ` +
    'the embedding that LightRAG used, or name it with --embedding-model and ' +
    '--embedding-dimension; `workspace reindex` changes to another one afterwards.'
  )
}

function printPlan(context: CommandContext, plan: ImportPlan): void {
  const { found, documents, problems } = plan
  const { vectors } = found
  const of = (status: string) => documents.filter((document) => document.status === status).length
  const chunks = documents.reduce((sum, document) => sum + document.chunks.length, 0)
  context.print(
    `Found: ${found.documents} documents, ${found.chunks} chunks, ${found.entities} entities, ` +
      `${found.relations} relations, ${found.answers} cached answers; vectors ` +
      `${vectors.chunks} / ${vectors.entities} / ${vectors.relations} of ` +
      `${found.dimension ?? 'no'} dimensions.`,
  )
  context.print(
    `Comes in: ${documents.length} documents (${of('processed')} processed, ${of('pending')} ` +
      `pending, ${of('failed')} failed), ${chunks} chunks, ${plan.entities.length} entities, ` +
      `${plan.relations.length} relations. Cached answers stay behind: they answer prompts of ` +
      'LightRAG, and only tell here which chunk said what.',
  )
  for (const problem of problems.slice(0, MOST_PROBLEMS)) context.print(`Problem: ${problem}`)
  const more = problems.length - MOST_PROBLEMS
  if (more > 0) context.print(`Problem: and ${more} more.`)
}
