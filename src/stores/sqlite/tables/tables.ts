import { type VectorIndexSettings, vectorIndexSettings } from '../../../vectors/index-settings.ts'
import type { Connection } from '../database/connection.ts'
import type { Generation } from '../database/visibility.ts'
import { FullTextSearch } from '../search/full-text-search.ts'
import { ArrivingDocuments } from './arriving-documents.ts'
import { ChunkTable } from './chunk-table.ts'
import { DocumentTable } from './document-table.ts'
import { CHUNK_TEXTS, ENTITY_NAMES, FullTextTable, RELATION_TEXTS } from './full-text-table.ts'
import { EditedFragments } from './graph/edited-fragments.ts'
import { EntityNames } from './graph/entity-names.ts'
import { EntityTable } from './graph/entity-table.ts'
import { FragmentReads } from './graph/fragment-reads.ts'
import { FragmentTable } from './graph/fragment-table.ts'
import { OverrideTable } from './graph/override-table.ts'
import { RelationPairs } from './graph/relation-pairs.ts'
import { RelationTable } from './graph/relation-table.ts'
import { ModelCacheTable } from './model-cache-table.ts'
import { QueueTable } from './queue-table.ts'
import { ScheduledDeletionTable } from './scheduled-deletion-table.ts'
import { VectorTable } from './vector-table.ts'
import { VersionedRows } from './versioned-rows.ts'

export interface Tables {
  readonly arriving: ArrivingDocuments
  readonly documents: DocumentTable
  readonly queue: QueueTable
  readonly deletions: ScheduledDeletionTable
  readonly chunks: ChunkTable
  readonly chunkRows: VersionedRows
  readonly chunkTexts: FullTextTable
  readonly chunkVectors: VectorTable
  readonly fullText: FullTextSearch
  readonly fragments: FragmentTable
  readonly fragmentReads: FragmentReads
  readonly editedFragments: EditedFragments
  readonly overrides: OverrideTable
  readonly entities: EntityTable
  readonly entityRows: VersionedRows
  readonly entityNames: EntityNames
  readonly entityTexts: FullTextTable
  readonly entityVectors: VectorTable
  readonly relations: RelationTable
  readonly relationRows: VersionedRows
  readonly relationPairs: RelationPairs
  readonly relationTexts: FullTextTable
  readonly relationVectors: VectorTable
  readonly modelCache: ModelCacheTable
}

/** All tables of one store, over one connection and one published generation. */
export function createTables(
  connection: Connection,
  generation: Generation,
  dimension: number,
  indexSettings: VectorIndexSettings = vectorIndexSettings(null),
): Tables {
  const arriving = new ArrivingDocuments(connection)
  const entityTexts = new FullTextTable(connection, ENTITY_NAMES)
  const relationTexts = new FullTextTable(connection, RELATION_TEXTS)
  const entityNames = new EntityNames(connection, entityTexts)
  const relationPairs = new RelationPairs(connection, entityNames)
  const vectors = (kind: 'chunk' | 'entity' | 'relation', rows: VectorRows) =>
    new VectorTable(
      connection,
      generation,
      { vectors: `${kind}_vectors`, rows },
      dimension,
      indexSettings,
    )
  return {
    arriving,
    documents: new DocumentTable(connection, arriving),
    queue: new QueueTable(connection, arriving),
    deletions: new ScheduledDeletionTable(connection, arriving),
    chunks: new ChunkTable(connection, generation),
    chunkRows: new VersionedRows(connection, generation, 'chunks'),
    chunkTexts: new FullTextTable(connection, CHUNK_TEXTS),
    chunkVectors: vectors('chunk', 'chunks'),
    fullText: new FullTextSearch(connection, generation),
    fragments: new FragmentTable(connection, entityNames, relationPairs, relationTexts),
    fragmentReads: new FragmentReads(connection, generation),
    editedFragments: new EditedFragments(
      connection,
      generation,
      entityNames,
      relationPairs,
      relationTexts,
    ),
    overrides: new OverrideTable(connection),
    entities: new EntityTable(connection, generation),
    entityRows: new VersionedRows(connection, generation, 'entities'),
    entityNames,
    entityTexts,
    entityVectors: vectors('entity', 'entities'),
    relations: new RelationTable(connection, generation),
    relationRows: new VersionedRows(connection, generation, 'relations'),
    relationPairs,
    relationTexts,
    relationVectors: vectors('relation', 'relations'),
    modelCache: new ModelCacheTable(connection),
  }
}

type VectorRows = 'chunks' | 'entities' | 'relations'
