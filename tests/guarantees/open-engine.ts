import { join } from 'node:path'
import { LightRag } from '../../src/engine/light-rag.ts'
import type { Models } from '../../src/engine/ports/models.ts'
import type { EngineSettings } from '../../src/engine/ports/settings.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'

export interface OpenEngine {
  readonly rag: LightRag
  readonly store: Store
  /** Faults that are nobody's but the engine's; a test expects none. */
  readonly faults: unknown[]
}

/** An engine over `dir`, on the real store. */
export async function openEngine(
  dir: string,
  models: Models,
  settings: Partial<EngineSettings> = {},
): Promise<OpenEngine> {
  const { id, dimension } = models.embedding
  const store = await openSqliteStore({ dir, embedding: { id, dimension } })
  const faults: unknown[] = []
  const rag = await LightRag.open({
    store,
    models,
    settings,
    files: filesIn(join(dir, 'inputs')),
    onError: (_message, error) => faults.push(error),
  })
  return { rag, store, faults }
}
