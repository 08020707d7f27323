import type { StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { edgeProperties, nodeProperties } from '../item-info.ts'

/** One column of a table: its heading, and what stands in it. */
export interface Column<Item> {
  readonly name: string
  readonly of: (item: Item) => string | number
}

export const ENTITY_COLUMNS: readonly Column<StoredEntity>[] = [
  { name: 'entity_name', of: (entity) => entity.name },
  { name: 'entity_type', of: (entity) => entity.type },
  { name: 'description', of: (entity) => entity.description },
  { name: 'source_id', of: (entity) => nodeProperties(entity).source_id },
  { name: 'file_path', of: (entity) => nodeProperties(entity).file_path },
  { name: 'created_at', of: (entity) => nodeProperties(entity).created_at },
]

export const RELATION_COLUMNS: readonly Column<StoredRelation>[] = [
  { name: 'src_entity', of: (relation) => relation.source },
  { name: 'tgt_entity', of: (relation) => relation.target },
  { name: 'keywords', of: (relation) => relation.keywords },
  { name: 'description', of: (relation) => relation.description },
  { name: 'weight', of: (relation) => relation.weight },
  { name: 'source_id', of: (relation) => edgeProperties(relation).source_id },
  { name: 'file_path', of: (relation) => edgeProperties(relation).file_path },
  { name: 'created_at', of: (relation) => edgeProperties(relation).created_at },
]

export function headings<Item>(columns: readonly Column<Item>[]): string[] {
  return columns.map((column) => column.name)
}

export function cells<Item>(columns: readonly Column<Item>[], item: Item): (string | number)[] {
  return columns.map((column) => column.of(item))
}
