import { join } from 'node:path'
import { LightRag } from '../../src/engine/light-rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'

export const OFFLINE = offlineModels(tokenCount)

export interface WorkspacePaths {
  readonly name: string
  readonly dir: string
  readonly inputDir: string
  readonly uploadFolder: string
}

/** Where a server whose folders are `rag_storage` and `inputs` below `root` keeps a workspace. */
export function pathsIn(root: string, name: string): WorkspacePaths {
  const inputDir = join(root, 'inputs', name)
  const uploadFolder = join(inputDir, '__uploads__')
  return { name, dir: join(root, 'rag_storage', name), inputDir, uploadFolder }
}

/** The engine of a workspace, with the models that need no provider. */
export async function openOffline({
  dir,
  inputDir,
}: Pick<WorkspacePaths, 'dir' | 'inputDir'>): Promise<LightRag> {
  const { id, dimension } = OFFLINE.embedding
  const store = await openSqliteStore({ dir, embedding: { id, dimension } })
  return LightRag.open({ store, models: OFFLINE, files: filesIn(inputDir) })
}

const TEXTS = [
  'Marie Curie was born in Warsaw. Marie Curie studied in Paris and married Pierre Curie.',
  'Pierre Curie taught in Paris. Pierre Curie and Marie Curie received the Nobel Prize.',
  'Warsaw lies on the Vistula. The Vistula flows from the Beskids to the Baltic Sea.',
]

/** A workspace of three texts and an uploaded file, made by the engine itself; it is closed again. */
export async function soundWorkspace(root: string, name = 'sound'): Promise<WorkspacePaths> {
  const paths = pathsIn(root, name)
  const rag = await openOffline(paths)
  const labels = TEXTS.map((_, i) => `text-${i}.txt`)
  await rag.insertTexts({ texts: TEXTS, file_sources: labels })
  await rag.insertFile(
    { file_name: 'upload.txt' },
    (async function* () {
      yield Buffer.from('The Seine flows through Paris, where Marie Curie worked.')
    })(),
  )
  await rag.idle()
  await rag.close()
  return paths
}
