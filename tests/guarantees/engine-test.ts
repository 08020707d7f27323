import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { LightRag } from '../../src/engine/light-rag.ts'
import type { Models } from '../../src/engine/ports/models.ts'
import type { EngineSettings } from '../../src/engine/ports/settings.ts'
import type { QueryDataEntity, QueryDataRelation } from '../../src/engine/retrieve/query-calls.ts'
import { type OpenEngine, openEngine } from './open-engine.ts'
import { quickFolder } from './quick-folder.ts'

const cleanUps: (() => Promise<unknown>)[] = []

/** Runs after the test, the last one first. */
export function afterThisTest(cleanUp: () => Promise<unknown>): void {
  cleanUps.push(cleanUp)
}

/** To be called once in a file that uses what stands here. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
}

export async function someFolder(): Promise<string> {
  const folder = await quickFolder()
  afterThisTest(folder.remove)
  return folder.path
}

/** An engine for this test; `dir` reopens what an earlier one left. */
export async function engineOver(
  models: Models,
  settings: Partial<EngineSettings> = {},
  dir?: string,
): Promise<OpenEngine & { dir: string }> {
  const where = dir ?? join(await someFolder(), 'space')
  const engine = await openEngine(where, models, settings)
  afterThisTest(() => engine.rag.close())
  return { ...engine, dir: where }
}

/** Inserts a text under a label, and waits until everything is done. */
export async function indexed(rag: LightRag, label: string, text: string): Promise<void> {
  await queued(rag, label, text)
  await rag.idle()
}

export async function queued(rag: LightRag, label: string, text: string): Promise<void> {
  const reply = await rag.insertTexts({ texts: [text], file_sources: [label] })
  if (reply.status !== 'success') throw new Error(reply.message)
}

export async function idOf(rag: LightRag, label: string): Promise<string> {
  const { documents } = await rag.listDocuments({ page_size: 200 })
  const found = documents.find(({ file_path }) => file_path === label)
  if (!found) throw new Error(`no document ${label}`)
  return found.id
}

export async function deleted(rag: LightRag, label: string): Promise<void> {
  await rag.deleteDocuments({ doc_ids: [await idOf(rag, label)] })
  await rag.idle()
}

/** Status and error of each document by its label. */
export async function statuses(rag: LightRag): Promise<Record<string, string>> {
  const { documents } = await rag.listDocuments({ page_size: 200 })
  return Object.fromEntries(documents.map(({ file_path, status }) => [file_path, status]))
}

/** Everything that the graph says, by name and by pair. */
export async function graphOf(rag: LightRag): Promise<{
  entities: Map<string, Record<string, unknown>>
  relations: Map<string, Record<string, unknown>>
}> {
  const { nodes, edges } = await rag.subgraph({ label: '*', max_nodes: 1000 })
  return {
    entities: new Map(nodes.map(({ id, properties }) => [id, properties])),
    relations: new Map(
      edges.map(({ source, target, properties }) => [
        [source, target].toSorted().join(' - '),
        properties,
      ]),
    ),
  }
}

/** What a question finds, as the caller of `/query/data` sees it. */
export async function found(rag: LightRag, query: string, names: readonly string[] = []) {
  const { data } = await rag.queryData({
    query,
    ...(names.length > 0 ? { ll_keywords: names } : {}),
  })
  const none = { entities: [], relationships: [], chunks: [] }
  const { entities, relationships, chunks } = 'chunks' in data ? data : none
  return {
    entities: entities.map((entity: QueryDataEntity) => entity.entity_name),
    relations: relationships.map(({ src_id, tgt_id }: QueryDataRelation) =>
      [src_id, tgt_id].toSorted().join(' - '),
    ),
    files: [...new Set(chunks.map(({ file_path }: { file_path: string }) => file_path))],
    texts: chunks.map(({ content }: { content: string }) => content),
  }
}
