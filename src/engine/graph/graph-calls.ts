import type { GivenAnnotations } from '../documents/document-annotations.ts'
import type { Author } from '../ports/document-record.ts'

/** The calls that change or export the knowledge graph, in the words of LightRAG's API. */

/** Most that a relation may weigh: documents make one heavier by one each. */
export const HEAVIEST = 1_000_000

export interface CreateEntity {
  readonly entity_name: string
  /** `description`, `entity_type`, `source_id`, `file_path`; the rest is passed over. */
  readonly entity_data: Readonly<Record<string, unknown>>
}

export interface EditEntity {
  readonly entity_name: string
  /** `description`, `entity_type`, and `entity_name` for a new name; null takes an edit back. */
  readonly updated_data: Readonly<Record<string, unknown>>
  readonly allow_rename?: boolean | undefined
  /** Whether a new name that is taken means that both are the same entity. */
  readonly allow_merge?: boolean | undefined
}

export interface CreateRelation {
  readonly source_entity: string
  readonly target_entity: string
  /** `description`, `keywords`, `weight`, `source_id`, `file_path`. */
  readonly relation_data: Readonly<Record<string, unknown>>
}

export interface EditRelation {
  /** Names of entities, in any order. */
  readonly source_id: string
  readonly target_id: string
  /** `description`, `keywords`, `weight`; null takes an edit back. */
  readonly updated_data: Readonly<Record<string, unknown>>
}

export interface MergeEntities {
  readonly entities_to_change: readonly string[]
  /** Made if it does not exist. */
  readonly entity_to_change_into: string
}

export interface EntityInfo {
  readonly entity_name: string
  readonly source_id: string | null
  readonly graph_data: Record<string, unknown>
  readonly vector_data: Record<string, unknown> | null
}

export interface RelationInfo {
  /** The names in code-point order. */
  readonly src_entity: string
  readonly tgt_entity: string
  readonly source_id: string | null
  readonly graph_data: Record<string, unknown>
  readonly vector_data: Record<string, unknown> | null
}

export interface GraphReply<Data> {
  readonly status: 'success'
  readonly message: string
  readonly data: Data
}

export interface OperationSummary {
  readonly merged: boolean
  readonly merge_status: 'success' | 'not_attempted'
  readonly merge_error: null
  readonly operation_status: 'success'
  readonly target_entity: string | null
  readonly final_entity: string
  readonly renamed: boolean
}

/** The summary stands in both places: clients of either generation find it. */
export interface EditEntityReply
  extends GraphReply<EntityInfo & { readonly operation_summary: OperationSummary }> {
  readonly operation_summary: OperationSummary
}

export interface DeletionResult {
  readonly status: 'success'
  readonly doc_id: ''
  readonly message: string
  readonly status_code: 200
  readonly file_path: null
}

export interface CustomChunk {
  readonly content: string
  /** The caller's own name of it, by which entities and relationships name their chunk. */
  readonly source_id?: string | undefined
  readonly chunk_order_index?: number | undefined
  /** Names the document when all chunks give the same one, and the graph gives none. */
  readonly file_path?: string | undefined
}

export interface CustomEntity {
  readonly entity_name: string
  readonly entity_type?: string | undefined
  readonly description?: string | undefined
  readonly source_id?: string | undefined
}

export interface CustomRelation {
  readonly src_id: string
  readonly tgt_id: string
  readonly description?: string | undefined
  readonly keywords?: string | undefined
  readonly weight?: number | undefined
  readonly source_id?: string | undefined
}

/** A graph that somebody made elsewhere, with the texts it comes from. */
export interface CustomKg extends GivenAnnotations {
  readonly chunks?: readonly CustomChunk[] | undefined
  readonly entities?: readonly CustomEntity[] | undefined
  readonly relationships?: readonly CustomRelation[] | undefined
  /** File path of the document that all this becomes. */
  readonly file_path?: string | undefined
  readonly on_conflict?: 'keep' | 'replace' | undefined
  readonly author?: Author | null | undefined
}

export const EXPORT_FORMATS = ['csv', 'xlsx', 'md', 'txt', 'graphml', 'gexf'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface GraphNode {
  readonly id: string
  readonly labels: readonly string[]
  readonly properties: Record<string, unknown>
}

export interface GraphEdge {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly target: string
  readonly properties: Record<string, unknown>
}

export interface KnowledgeGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Set by the cap on nodes, not by the one on depth. */
  readonly is_truncated: boolean
}

export interface SubgraphQuery {
  /** Exact entity name, or `*` for the whole graph by degree. */
  readonly label: string
  readonly max_depth?: number | undefined
  readonly max_nodes?: number | undefined
}

/** The graph as columns, without texts. */
export interface GraphOverviewQuery {
  /** Entities, by degree; 75,000 at most. */
  readonly limit?: number | undefined
}

export interface NeighboursQuery {
  readonly name: string
  /** 1 to 200. */
  readonly limit?: number | undefined
  /** Of entities, of which one will do. */
  readonly types?: readonly string[] | undefined
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined
}

/** An entity with what is told of it. */
export interface ShownEntity {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly degree: number
  readonly source_id: string
  readonly file_path: string
  readonly document_id: string | null
  /** Seconds since 1970. */
  readonly created_at: number
}

export interface ShownRelation {
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
  readonly source_id: string
  readonly file_path: string
  readonly document_id: string | null
  readonly created_at: number
}

/** Neighbours of an entity, those of the heaviest relations first. */
export interface Neighbours {
  readonly name: string
  readonly total: number
  readonly items: readonly { readonly entity: ShownEntity; readonly relation: ShownRelation }[]
  readonly next_cursor: string | null
}

/** A passage that speaks of an entity, in UTF-16 units of its document's text. */
export interface EntitySource {
  readonly document_id: string
  readonly file_path: string
  readonly chunk_id: string
  readonly ordinal: number
  readonly start: number
  readonly end: number
  readonly page: number | null
}

export interface EntityDetails extends ShownEntity {
  /** The first 100. */
  readonly sources: readonly EntitySource[]
  readonly sources_total: number
  /** What a person set, over what documents say. */
  readonly edited_fields: readonly string[]
}

/** An entity that a search found, with the beginning of its description. */
export interface FoundEntity {
  readonly name: string
  readonly type: string
  readonly degree: number
  readonly snippet: string
}

export interface PathQuery {
  readonly from: string
  readonly to: string
  /** Relations of a way at most, 1 to 6; 4 unless given. */
  readonly max?: number | undefined
}

export interface FoundPaths {
  /** The shortest, 5 at most; none where they are longer than asked for. */
  readonly paths: readonly {
    /** From one end to the other. */
    readonly nodes: readonly ShownEntity[]
    readonly edges: readonly ShownRelation[]
  }[]
  /** Whether there may be a way that is longer, or beyond what is looked at. */
  readonly truncated: boolean
}

export interface GraphStats {
  /** Another when anything has changed. */
  readonly version: number
  readonly entities: number
  readonly relations: number
  /** Most frequent first, 200 at most. */
  readonly types: readonly { readonly type: string; readonly n: number }[]
  /** How many entities have so many relations: from `from` to the next one's, exclusive. */
  readonly degrees: readonly { readonly from: number; readonly n: number }[]
  /** Parts that are not tied to one another, entities without relations included. */
  readonly components: number
  readonly largest_component: number
  /** Entities without relations. */
  readonly orphans: number
}

/** Every edit is atomic, and one after the other with whatever else changes the graph. */
export interface GraphEdits {
  /** @throws {EngineError} `entity_exists`, `invalid_argument` */
  entityCreate(input: CreateEntity): Promise<GraphReply<EntityInfo>>
  /** @throws {EngineError} `unknown_entity`, `entity_exists`, `invalid_argument` */
  entityEdit(input: EditEntity): Promise<EditEntityReply>
  /** @throws {EngineError} `unknown_entity`, `relation_exists`, `invalid_argument` */
  relationCreate(input: CreateRelation): Promise<GraphReply<RelationInfo>>
  /** @throws {EngineError} `unknown_relation`, `invalid_argument` */
  relationEdit(input: EditRelation): Promise<GraphReply<RelationInfo>>
  /** @throws {EngineError} `unknown_entity`, `invalid_argument` */
  mergeEntities(input: MergeEntities): Promise<GraphReply<EntityInfo>>
  /** @throws {EngineError} `entity_not_found` */
  deleteEntity(input: { readonly entity_name: string }): Promise<DeletionResult>
  /** @throws {EngineError} `relation_not_found` */
  deleteRelation(input: {
    readonly source_entity: string
    readonly target_entity: string
  }): Promise<DeletionResult>
  /**
   * All entities and relations, each once, in pieces of a file. An item that changes meanwhile is
   * shown as it was or as it is, or not at all when it gets another name.
   */
  exportGraph(
    input: { readonly format: ExportFormat },
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<Uint8Array>
}

/** What is asked of a workspace's graph. */
export interface GraphCalls extends GraphEdits {
  /** Another number when anything that can be seen has changed. */
  graphVersion(): Promise<{ version: number }>
  /** A JSON object in pieces: `{ version, ids, names, types, degree, community, edges, … }`. */
  graphOverview(
    query: GraphOverviewQuery,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<Uint8Array>
  /** @throws {EngineError} `entity_not_found`; `invalid_argument` for a cursor that is none */
  neighbours(query: NeighboursQuery): Promise<Neighbours>
  /** @throws {EngineError} `entity_not_found` */
  entityDetails(name: string): Promise<EntityDetails>
  searchEntities(text: string, limit: number): Promise<FoundEntity[]>
  graphStats(): Promise<GraphStats>
  /** @throws {EngineError} `entity_not_found` */
  findPaths(query: PathQuery): Promise<FoundPaths>
  entityNames(): Promise<string[]>
  popularEntityNames(limit: number): Promise<string[]>
  searchEntityNames(text: string, limit: number): Promise<string[]>
  subgraph(query: SubgraphQuery): Promise<KnowledgeGraph>
  entityExists(name: string): Promise<{ exists: boolean }>
}

export const GRAPH_METHODS = [
  'entityNames',
  'popularEntityNames',
  'searchEntityNames',
  'searchEntities',
  'graphVersion',
  'neighbours',
  'entityDetails',
  'graphStats',
  'findPaths',
  'subgraph',
  'entityExists',
  'entityCreate',
  'entityEdit',
  'relationCreate',
  'relationEdit',
  'mergeEntities',
  'deleteEntity',
  'deleteRelation',
] as const satisfies readonly (keyof GraphCalls)[]
