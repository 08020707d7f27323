import { join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { LightRag } from '../../src/engine/light-rag.ts'
import { buildModels, type ModelProvider } from '../../src/server/models/build-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import { modelEnv } from './model-process.ts'
import { quickFolder } from './quick-folder.ts'

export interface FairWorkspaces {
  readonly provider: ModelProvider
  readonly engines: readonly LightRag[]
  close(): Promise<void>
}

/** Many workspaces that share the models of one process, over the model server. */
export async function fairWorkspaces(
  models: ModelServer,
  count: number,
  slots: number,
  // Documents of one workspace may hold all: how turns are taken shows when nothing is free.
  shares: Readonly<Record<string, string>> = {
    MAX_ASYNC_FOR_QUERIES: '0',
    MAX_ASYNC_PER_WORKSPACE: String(slots),
  },
): Promise<FairWorkspaces> {
  const folder = await quickFolder()
  const config = loadConfig({ ...modelEnv(models), MAX_ASYNC: String(slots), ...shares })
  const provider = await buildModels(config)
  const engines: LightRag[] = []
  for (let number = 0; number < count; number++) {
    const dir = join(folder.path, `space-${number}`)
    const { id, dimension } = provider.embedding
    const store = await openSqliteStore({ dir, embedding: { id, dimension } })
    engines.push(
      await LightRag.open({
        store,
        models: provider.of(`space-${number}`, store),
        settings: { chunkSize: 24, chunkOverlapSize: 4, maxParallelExtract: 2 * slots },
        files: filesIn(join(dir, 'inputs')),
      }),
    )
  }
  const close = async () => {
    await Promise.all(engines.map((engine) => engine.close()))
    await folder.remove()
  }
  return { provider, engines, close }
}

/** A text that is cut into at least `chunks` chunks by the settings above. */
export function textOfChunks(chunks: number): string {
  return Array.from(
    { length: chunks },
    (_, i) =>
      `Passage number ${i} tells how Station${i % 7} wrote a long letter to Harbour${i % 11}.`,
  ).join(' ')
}

export function questionOf(number: number): string {
  return `What happened in place number ${number}?`
}

/** Whether this call is the first one for that question. */
export function isFirstCallOf(call: RecordedCall, number: number): boolean {
  return call.messages.some(({ content }) => content.includes(questionOf(number)))
}

export function isExtraction(call: RecordedCall): boolean {
  return call.messages.some(({ content }) => content.includes('Passage number'))
}
