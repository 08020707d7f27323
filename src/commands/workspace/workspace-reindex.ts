import { scheduledEmbeddingModel } from '../../models/schedule/scheduled-models.ts'
import { FairScheduler } from '../../models/schedule/scheduler.ts'
import type { Kind } from '../../stores/sqlite/reindex/new-vectors.ts'
import { reindexWorkspace } from '../../stores/sqlite/reindex/reindex-workspace.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { existingOwn, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'

/** In milliseconds, between two lines about the same kind of vectors. */
const PROGRESS_EVERY = 2000
const WORDS: Readonly<Record<Kind, string>> = {
  chunk: 'chunks',
  entity: 'entities',
  relation: 'relations',
}

/** Embeds a workspace again with the embedding model of the configuration. */
export async function reindex(
  context: CommandContext,
  name: string,
  { force }: { readonly force: boolean },
): Promise<void> {
  const config = configOf(context)
  const { dir } = await existingOwn(registryOf(config), name)
  const { buildModels } = await import('../../server/models/build-models.ts')
  const { embedding } = await buildModels(config)
  const { EMBEDDING_BATCH_NUM: batch, EMBEDDING_FUNC_MAX_ASYNC: width } = config
  const slots = new FairScheduler({ limit: width })
  const done = await reindexWorkspace(dir, {
    model: scheduledEmbeddingModel(embedding, slots, name, batch),
    batchSize: batch * width,
    force,
    onProgress: printer(context),
  })
  const mark = `${embedding.id} (${embedding.dimension} dimensions)`
  if (done === null) {
    context.print(`Nothing to do: the vectors of "${name}" are those of ${mark}.`)
    return
  }
  await recordWorkspaceAct(config, context, 'workspace_reindexed', name)
  const before = done.before > 0 ? `, ${done.before} had been made before` : ''
  context.print(`${done.made} vectors were made${before}. "${name}" has those of ${mark} now.`)
}

function printer(context: CommandContext): (kind: Kind, done: number, all: number) => void {
  let last = 0
  return (kind, done, all) => {
    const now = Date.now()
    if (done > 0 && done < all && now - last < PROGRESS_EVERY) return
    last = now
    context.print(`${WORDS[kind]}: ${done} of ${all}`)
  }
}
