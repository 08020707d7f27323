import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { type Graph, readGraph } from './read-graph.ts'
import { fieldsOf, type Records, readRecords } from './read-records.ts'
import { type NanoVectors, readVectors } from './read-vectors.ts'

/** What Python LightRAG's default stores keep of one workspace. */
export interface WorkingFolder {
  readonly fullDocs: Records
  readonly docStatus: Records
  readonly textChunks: Records
  readonly entityChunks: Records
  readonly relationChunks: Records
  readonly answers: Records
  readonly graph: Graph
  readonly chunkVectors: NanoVectors
  readonly entityVectors: NanoVectors
  readonly relationVectors: NanoVectors
}

/** Without these there is nothing to import. */
const NEEDED = ['kv_store_full_docs.json', 'kv_store_text_chunks.json']
const GRAPH = 'graph_chunk_entity_relation.graphml'

/**
 * Reads a working folder of Python LightRAG; its files are left as they are.
 *
 * @throws {EngineError} `invalid_argument` for a folder or file that is not what LightRAG writes
 */
export async function readWorkingFolder(dir: string): Promise<WorkingFolder> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new EngineError('invalid_argument', `The folder ${dir} cannot be read`, { cause })
  })
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw new EngineError(
      'invalid_argument',
      `${dir} is no working folder of LightRAG with its default file stores: it lacks ` +
        `${missing.join(' and ')}${await hint(dir)}`,
    )
  }
  const records = (namespace: string) => readRecords(join(dir, `kv_store_${namespace}.json`))
  const vectors = (namespace: string) => readVectors(join(dir, `vdb_${namespace}.json`))
  return {
    fullDocs: await records('full_docs'),
    docStatus: await records('doc_status'),
    textChunks: await records('text_chunks'),
    entityChunks: await records('entity_chunks'),
    relationChunks: await records('relation_chunks'),
    answers: await records('llm_response_cache'),
    graph: names.includes(GRAPH)
      ? readGraph(await readFile(join(dir, GRAPH), 'utf8'))
      : { nodes: new Map(), edges: [] },
    chunkVectors: await vectors('chunks'),
    entityVectors: await vectors('entities'),
    relationVectors: await vectors('relationships'),
  }
}

/** A workspace of LightRAG is a sub-folder of its working folder. */
async function hint(dir: string): Promise<string> {
  const entries = await readdir(dir, { withFileTypes: true })
  for (const entry of entries.filter((one) => one.isDirectory())) {
    const names = await readdir(join(dir, entry.name)).catch((): string[] => [])
    if (NEEDED.every((name) => names.includes(name))) {
      return `; did you mean its workspace ${join(dir, entry.name)}?`
    }
  }
  return ''
}

/** Ids in a list, or joined in one text. */
export function idsIn(value: unknown): string[] {
  const list = typeof value === 'string' ? value.split('<SEP>') : value
  if (!Array.isArray(list)) return []
  const ids = list.flatMap((id) => (typeof id === 'string' ? [id.trim()] : []))
  return [...new Set(ids)].filter((id) => id !== '')
}

/** What the model answered about each chunk, as far as it was kept. */
export function answersByChunk(answers: Records): Map<string, string> {
  const byChunk = new Map<string, string>()
  for (const answer of answers.values()) {
    const { chunk_id: chunk, cache_type: type, return: text } = fieldsOf(answer)
    if (type !== 'extract' || typeof chunk !== 'string' || typeof text !== 'string') continue
    byChunk.set(chunk, `${byChunk.get(chunk) ?? ''}\n${text}`)
  }
  return byChunk
}
