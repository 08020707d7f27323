import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LightRag } from '../../src/engine/light-rag.ts'
import { entityText, relationText } from '../../src/engine/merge/item-texts.ts'
import type { EmbeddingModel, Extraction, Models } from '../../src/engine/ports/models.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import type { StoredEntity, StoredRelation } from '../../src/engine/ports/stored-rows.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'

const ENTITY = /^([^|~]+)\|([^|]*)\|(.*)$/
const RELATION = /^([^|~]+)~([^|~]+)\|([^|]*)\|([^|]*)\|([\d.]+)$/

/** Reads `Ada|person|wrote programs` and `Ada~Bob|work|they met|2`, one on a line. */
export function readFacts(text: string): Extraction {
  const entities: Extraction['entities'][number][] = []
  const relations: Extraction['relations'][number][] = []
  for (const line of text.split('\n')) {
    const [, name, type = '', description = ''] = ENTITY.exec(line) ?? []
    if (name !== undefined) entities.push({ name, type, description })
    const [, source, target, keywords = '', told = '', weight] = RELATION.exec(line) ?? []
    if (source !== undefined && target !== undefined) {
      relations.push({ source, target, keywords, description: told, weight: Number(weight) })
    }
  }
  return { entities, relations }
}

/** An engine on a real store whose extractor reads facts as they stand. */
export class GraphEngine {
  readonly dir: string
  readonly models: Models
  store: Store
  rag: LightRag
  /** Texts that were embedded since it was last emptied. */
  readonly embedded: string[]

  private constructor(
    dir: string,
    models: Models,
    embedded: string[],
    open: { store: Store; rag: LightRag },
  ) {
    this.dir = dir
    this.models = models
    this.embedded = embedded
    this.store = open.store
    this.rag = open.rag
  }

  static async start(overrides: Partial<Models> = {}): Promise<GraphEngine> {
    const dir = await mkdtemp(join(tmpdir(), 'graph-engine-'))
    const offline = offlineModels(tokenCount)
    const embedded: string[] = []
    const embedding: EmbeddingModel = {
      id: offline.embedding.id,
      dimension: offline.embedding.dimension,
      embed: (texts, options) => {
        embedded.push(...texts)
        return offline.embedding.embed(texts, options)
      },
    }
    const extractor = {
      id: 'test/facts',
      extract: async ({ text }: { text: string }) => readFacts(text),
    }
    const models: Models = { ...offline, extractor, embedding, ...overrides }
    return new GraphEngine(dir, models, embedded, await openIn(dir, models))
  }

  async stop(): Promise<void> {
    await this.rag.close()
    await rm(this.dir, { recursive: true })
  }

  async restart(): Promise<void> {
    await this.rag.close()
    Object.assign(this, await openIn(this.dir, this.models))
  }

  /** Indexes a text under a name, in the place of the one that had it. */
  async insert(name: string, ...lines: string[]): Promise<void> {
    const text = [`Notes ${name}.`, ...lines].join('\n')
    const input = { texts: [text], file_sources: [name], on_conflict: 'replace' as const }
    await this.rag.insertTexts(input)
    await this.rag.idle()
  }

  async remove(name: string): Promise<void> {
    const document = await this.store.documents.byPath(name)
    if (document === null) return
    await this.rag.deleteDocuments({ doc_ids: [document.id] })
    await this.rag.idle()
  }

  async entities(): Promise<StoredEntity[]> {
    return this.store.graph.entitiesAfter(0, 10_000)
  }

  async relations(): Promise<StoredRelation[]> {
    return this.store.graph.relationsAfter(0, 10_000)
  }

  async entity(name: string): Promise<StoredEntity | undefined> {
    return (await this.entities()).find((entity) => entity.name === name)
  }

  async relation(source: string, target: string): Promise<StoredRelation | undefined> {
    const [a, b] = [source, target].sort()
    return (await this.relations()).find((one) => one.source === a && one.target === b)
  }

  /** All that the graph says, in order; `sources` leaves out where from. */
  async graph({ sources = true } = {}) {
    const from = (item: StoredEntity | StoredRelation) =>
      sources ? [[...item.sourceIds].sort(), [...item.filePaths].sort()] : []
    const entities = (await this.entities()).map((entity) =>
      JSON.stringify([
        entity.name,
        entity.type,
        entity.description,
        entity.degree,
        ...from(entity),
      ]),
    )
    const relations = (await this.relations()).map((relation) => {
      const { source, target, keywords, description, weight } = relation
      return JSON.stringify([source, target, keywords, description, weight, ...from(relation)])
    })
    return { entities: entities.sort(), relations: relations.sort() }
  }

  /** Names of items whose vector is not that of what they say. */
  async badVectors(): Promise<string[]> {
    const entities = await this.entities()
    const relations = await this.relations()
    const bad: string[] = []
    const vectors = await this.models.embedding.embed(
      [...entities.map(entityText), ...relations.map(relationText)],
      { lane: 'query', kind: 'document' },
    )
    for (const [i, item] of [...entities, ...relations].entries()) {
      const isEntity = i < entities.length
      const vector = vectors[i] ?? new Float32Array()
      const limit = isEntity ? entities.length : relations.length
      const hits = isEntity
        ? await this.store.searches.nearestEntities(vector, limit)
        : await this.store.searches.nearestRelations(vector, limit)
      const score = hits.find((hit) => hit.key === item.key)?.score ?? 0
      if (score < 0.9999 || item.embeddingPending || hits.length !== limit)
        bad.push(JSON.stringify(item))
    }
    return bad
  }
}

async function openIn(dir: string, models: Models): Promise<{ store: Store; rag: LightRag }> {
  const store = await openSqliteStore({ dir: join(dir, 'store'), embedding: models.embedding })
  const rag = await LightRag.open({
    store,
    models,
    files: filesIn(join(dir, 'inputs')),
    // Descriptions stay what they were, so that they can be told apart.
    settings: { forceSummaryOnMerge: 1000, summaryMaxTokens: 100_000 },
    onError: (message, error) => {
      throw new Error(message, { cause: error })
    },
  })
  return { store, rag }
}
