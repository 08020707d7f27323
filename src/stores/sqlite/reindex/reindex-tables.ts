/** Tables that a workspace has while it is being embedded again. */
export const REINDEX_TABLES = [
  'reindex_mark',
  'reindex_chunk_vectors',
  'reindex_entity_vectors',
  'reindex_relation_vectors',
] as const
