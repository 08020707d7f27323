import { join } from 'node:path'
import Database from 'better-sqlite3'
import { loadConfig } from '../../src/config/config.ts'
import { LightRag } from '../../src/engine/light-rag.ts'
import { buildModels } from '../../src/server/models/build-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { type EvalDocument, fullText } from '../eval/dataset.ts'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { modelEnv } from './model-process.ts'
import { quickFolder } from './quick-folder.ts'

const CHUNKS_A_REQUEST = 10

interface Calls {
  readonly chats: number
  readonly embeddings: number
}

export interface CallCounts {
  readonly documents: number
  readonly chunks: number
  readonly ours: Calls & { readonly summaries: number }
  /**
   * What LightRAG makes of the same extractions: two chats a chunk; one embedding request for each
   * entity and each relation of a document, and one for each ten of its chunks.
   */
  readonly rule: Calls
}

/** Indexes the documents over the model server. */
export async function countModelCalls(documents: readonly EvalDocument[]): Promise<CallCounts> {
  const folder = await quickFolder()
  const models = await startModelServer()
  const dir = join(folder.path, 'space')
  const provider = await buildModels(loadConfig({ ...modelEnv(models), MAX_ASYNC: '8' }))
  const store = await openSqliteStore({ dir, embedding: provider.embedding })
  const rag = await LightRag.open({
    store,
    models: provider.of('space', store),
    files: filesIn(join(dir, 'inputs')),
  })
  try {
    await rag.insertTexts({
      texts: documents.map(fullText),
      file_sources: documents.map(({ id }) => `${id}.txt`),
    })
    await rag.idle()
    const { status_counts } = await rag.statusCounts()
    if (status_counts.processed !== documents.length) throw new Error(JSON.stringify(status_counts))
    await rag.close()
    const chats = models.callsOf('chat')
    const summaries = chats.filter(({ messages }) => messages[0]?.role !== 'system').length
    return {
      documents: documents.length,
      ...ruleOver(dir),
      ours: { chats: chats.length, summaries, embeddings: models.callsOf('embed').length },
    }
  } finally {
    await rag.close()
    await models.close()
    await folder.remove()
  }
}

function ruleOver(dir: string): { chunks: number; rule: Calls } {
  const database = new Database(join(dir, 'rag.db'), { readonly: true })
  const numberOf = (sql: string) => database.prepare<[], number>(sql).pluck().get() ?? 0
  try {
    const chunks = numberOf('SELECT count(*) FROM chunks WHERE label > 0')
    const entities = numberOf(
      'SELECT count(*) FROM (SELECT DISTINCT document, entity FROM entity_fragments)',
    )
    const relations = numberOf(
      'SELECT count(*) FROM (SELECT DISTINCT document, pair FROM relation_fragments)',
    )
    const batches = numberOf(`SELECT sum(n) FROM
      (SELECT (count(*) + ${CHUNKS_A_REQUEST - 1}) / ${CHUNKS_A_REQUEST} AS n
       FROM chunks WHERE label > 0 GROUP BY document)`)
    return { chunks, rule: { chats: 2 * chunks, embeddings: entities + relations + batches } }
  } finally {
    database.close()
  }
}
