import type { Searches } from '../ports/searches.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { Key, StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import { firstDocuments } from '../retrieve/first-documents.ts'
import { restate } from '../retrieve/restate.ts'
import type { GraphEdge, GraphNode, KnowledgeGraph, SubgraphQuery } from './graph-calls.ts'
import { edgeProperties, nodeProperties } from './item-info.ts'
import { knownName } from './item-name.ts'

const WHOLE_GRAPH = '*'

/**
 * The neighbourhood of an entity, breadth first, entities of higher degree first within a level;
 * or, for `*`, the entities of highest degree. Never more than `maxGraphNodes` nodes. What only
 * documents say that are not enabled is left out.
 */
export async function subgraph(
  store: Store,
  query: SubgraphQuery,
  settings: EngineSettings,
): Promise<KnowledgeGraph> {
  const { maxGraphNodes: limit } = settings
  const maxNodes = Math.min(query.max_nodes ?? limit, limit)
  const within = await store.searches.within(null)
  const searches = within ?? store.searches
  const { entities, truncated } =
    query.label === WHOLE_GRAPH
      ? await popular(searches, maxNodes)
      : await neighbourhood(searches, query.label, query.max_depth ?? 3, maxNodes)
  const keys = new Set(entities.map((entity) => entity.key))
  const ties = await searches.relationsOf([...keys])
  const inside = ties.filter((tie) => keys.has(tie.source) && keys.has(tie.target))
  const relations = await searches.relations(inside.map((tie) => tie.key))
  const rows = { entities, relations }
  const facts = within ? await restate({ store, within, settings }, rows) : rows
  const documentOf = await firstDocuments(store, [...facts.entities, ...facts.relations])
  return {
    nodes: facts.entities.map((entity) => nodeOf(entity, documentOf(entity))),
    edges: facts.relations.map((relation) => edgeOf(relation, documentOf(relation))),
    is_truncated: truncated,
  }
}

interface Collected {
  readonly entities: readonly StoredEntity[]
  readonly truncated: boolean
}

async function popular(store: Searches, maxNodes: number): Promise<Collected> {
  const entities = await store.popularEntities(maxNodes + 1)
  return { entities: entities.slice(0, maxNodes), truncated: entities.length > maxNodes }
}

async function neighbourhood(
  store: Searches,
  entityName: string,
  maxDepth: number,
  maxNodes: number,
): Promise<Collected> {
  const name = await knownName(store, entityName)
  const start = name === null ? undefined : (await store.entityKeys([name])).get(name)
  if (start === undefined) return { entities: [], truncated: false }
  const collected = new Map<Key, StoredEntity>()
  let level = await store.entities([start])
  for (let depth = 0; level.length > 0; depth++) {
    const room = maxNodes - collected.size
    const byDegree = [...level].sort((a, b) => b.degree - a.degree)
    for (const entity of byDegree.slice(0, room)) collected.set(entity.key, entity)
    if (byDegree.length > room) return { entities: [...collected.values()], truncated: true }
    if (depth >= maxDepth) break
    const ties = await store.relationsOf(byDegree.map((entity) => entity.key))
    const next = new Set(ties.flatMap((tie) => [tie.source, tie.target]))
    level = await store.entities([...next].filter((key) => !collected.has(key)))
  }
  return { entities: [...collected.values()], truncated: false }
}

function nodeOf(entity: StoredEntity, document_id: string | null): GraphNode {
  return {
    id: entity.name,
    labels: [entity.name],
    properties: { ...nodeProperties(entity), document_id },
  }
}

function edgeOf(relation: StoredRelation, document_id: string | null): GraphEdge {
  return {
    id: `${relation.source}-${relation.target}`,
    // LightRAG's constant; the relation has no direction.
    type: 'DIRECTED',
    source: relation.source,
    target: relation.target,
    properties: { ...edgeProperties(relation), document_id },
  }
}
