import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InsertTexts } from '../../src/engine/documents/document-calls.ts'
import { LightRag } from '../../src/engine/light-rag.ts'
import type { LightRagParts } from '../../src/engine/light-rag-parts.ts'
import type { EngineFiles } from '../../src/engine/ports/files.ts'
import type { Models } from '../../src/engine/ports/models.ts'
import type { EngineSettings } from '../../src/engine/ports/settings.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import type { QueryData, QueryParams } from '../../src/engine/retrieve/query-calls.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'

export interface TestEngine {
  readonly rag: LightRag
  readonly store: Store
  /** Where a scan looks; it need not be there. */
  readonly inputDir: string
  /** Where its files are. */
  readonly dir: string
  /** Inserts and waits until nothing is under way. */
  insert(input: InsertTexts): Promise<void>
  /** What a question finds, the lists empty when that is nothing. */
  find(params: QueryParams): Promise<Found>
  close(): Promise<void>
}

export type Found = Exclude<QueryData['data'], Record<string, never>>

/** An engine on a real store in a folder of its own; offline but for the models given. */
export async function openEngine(
  models: Partial<Models> = {},
  settings: Partial<EngineSettings> = {},
  more: Pick<LightRagParts, 'graphBounds' | 'background'> & {
    /** In place of folders. */
    readonly files?: EngineFiles
    /** Stands before the store, for the engine alone. */
    readonly around?: (store: Store) => Store
  } = {},
): Promise<TestEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'engine-'))
  const all = { ...offlineModels(tokenCount), ...models }
  const store = await openSqliteStore({ dir, embedding: all.embedding })
  const inputDir = join(dir, 'inputs')
  const { around = (same) => same, ...parts } = more
  const rag = await LightRag.open({
    store: around(store),
    models: all,
    settings,
    files: filesIn(inputDir),
    ...parts,
  })
  return {
    rag,
    store,
    inputDir,
    dir,
    async insert(input) {
      await rag.insertTexts(input)
      await rag.idle()
    },
    async find(params) {
      const { data } = await rag.queryData(params)
      const none = { entities: [], relationships: [], chunks: [], references: [] }
      return { ...none, ...data }
    },
    async close() {
      await rag.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
