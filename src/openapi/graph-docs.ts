import type { OperationDoc, OperationDocs } from './operation-doc.ts'

const names = { example: ['AquaLine 400', 'Project Falcon'] }

const graphData = {
  entity_id: 'AquaLine 400',
  entity_type: 'product',
  description: 'A pump.',
  source_id: 'manual_creation',
  file_path: 'manual_creation',
  created_at: 1768469402,
}
const entity = {
  entity_name: 'AquaLine 400',
  source_id: 'manual_creation',
  graph_data: graphData,
  vector_data: null,
}
const relation = {
  src_entity: 'AquaLine 400',
  tgt_entity: 'Project Falcon',
  source_id: 'manual_creation',
  graph_data: { description: 'Project Falcon builds the pump.', keywords: 'product', weight: 1 },
  vector_data: null,
}
const summary = {
  merged: false,
  merge_status: 'not_attempted',
  merge_error: null,
  operation_status: 'success',
  target_entity: null,
  final_entity: 'AquaLine 400',
  renamed: false,
}
const done = (data: object) => ({ example: { status: 'success', message: 'Done.', data } })
const about = (words: string): Pick<OperationDoc, 'tag' | 'summary'> => ({
  tag: 'Graph',
  summary: words,
})
const refusals = (meaning: string) => ({ 400: meaning })

const file = (type: string, example: string) => ({ type, schema: { type: 'string' }, example })

const deletion = (words: string, example: object): OperationDoc => ({
  ...about(words),
  body: { example },
  reply: {
    example: {
      status: 'success',
      doc_id: '',
      message: 'Deleted.',
      status_code: 200,
      file_path: null,
    },
  },
  errors: { 404: 'There is no such thing in the graph' },
})
const deleteEntity = deletion('Deletes an entity with its relations', {
  entity_name: 'AquaLine 400',
})
const deleteRelation = deletion('Deletes a relation', {
  source_entity: 'AquaLine 400',
  target_entity: 'Project Falcon',
})

const origin = {
  source_id: 'chunk-5f2d8a90c1b34e7f8d6a5b4c3d2e1f00',
  file_path: 'pump-warranty.md',
  document_id: 'doc-9c1e2f7a5b3d4c6e8f0a1b2c3d4e5f60',
  created_at: 1768469402,
}
const shownEntity = {
  name: 'AquaLine 400',
  type: 'product',
  description: 'A pump.',
  degree: 1,
  ...origin,
}
const NO_ENTITY = { 404: 'There is no entity of this name' }

export const GRAPH_DOCS = {
  'GET /graph/overview': {
    ...about('Returns the graph as columns, without its texts'),
    description:
      'For graphs that are too large to be shown with all they say: entity `i` has `ids[i]`, `names[i]`, the type `types.dict[types.idx[i]]`, `degree[i]` relations and belongs to `community[i]`, 0 being the largest. `edges` are three columns: places of sources, places of targets, weights. An `ETag` changes with the graph; packed where the caller takes `gzip`.',
    reply: {
      schema: {
        type: 'object',
        required: ['version', 'ids', 'names', 'types', 'degree', 'community', 'edges'],
        properties: {
          version: { type: 'integer' },
          format: { type: 'string' },
          ids: { type: 'array', items: { type: 'integer' } },
          names: { type: 'array', items: { type: 'string' } },
          types: {
            type: 'object',
            required: ['dict', 'idx'],
            properties: {
              dict: { type: 'array', items: { type: 'string' } },
              idx: { type: 'array', items: { type: 'integer' } },
            },
          },
          degree: { type: 'array', items: { type: 'integer' } },
          community: { type: 'array', items: { type: 'integer' } },
          edges: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
          total_relations: { type: 'integer' },
          truncated: { type: 'boolean' },
        },
      },
      example: {
        version: 7,
        format: 'columns',
        ids: [3, 5],
        names: ['AquaLine 400', 'Project Falcon'],
        types: { idx: [0, 1], dict: ['product', 'project'] },
        degree: [1, 1],
        community: [0, 0],
        edges: [[0], [1], [1]],
        total_relations: 1,
        truncated: false,
      },
    },
  },
  'GET /graph/neighbors': {
    ...about('Lists what an entity is tied to, heaviest relations first'),
    reply: {
      example: {
        name: 'Project Falcon',
        total: 1,
        items: [
          {
            entity: shownEntity,
            relation: {
              source: 'AquaLine 400',
              target: 'Project Falcon',
              keywords: 'product',
              description: 'Project Falcon builds the pump.',
              weight: 1,
              ...origin,
            },
          },
        ],
        next_cursor: null,
      },
    },
    errors: NO_ENTITY,
  },
  'GET /graph/entity': {
    ...about('Shows an entity with the passages that speak of it'),
    reply: {
      example: {
        ...shownEntity,
        sources: [
          {
            document_id: origin.document_id,
            file_path: origin.file_path,
            chunk_id: origin.source_id,
            ordinal: 0,
            start: 0,
            end: 290,
            page: null,
          },
        ],
        sources_total: 1,
        edited_fields: ['description'],
      },
    },
    errors: NO_ENTITY,
  },
  'GET /graph/path': {
    ...about('Finds the shortest ways from one entity to another'),
    reply: {
      example: {
        paths: [{ nodes: [shownEntity], edges: [] }],
        truncated: false,
      },
    },
    errors: NO_ENTITY,
  },
  'GET /graph/stats': {
    ...about('Tells what the graph is like'),
    reply: {
      example: {
        version: 7,
        entities: 2,
        relations: 1,
        types: [
          { type: 'product', n: 1 },
          { type: 'project', n: 1 },
        ],
        degrees: [
          { from: 0, n: 0 },
          { from: 1, n: 2 },
        ],
        components: 1,
        largest_component: 2,
        orphans: 0,
      },
    },
  },
  'GET /graph/label/list': {
    ...about('Lists the names of all entities'),
    reply: names,
  },
  'GET /graph/label/popular': {
    ...about('Lists entities by number of relations'),
    reply: names,
  },
  'GET /graph/label/search': { tag: 'Graph', summary: 'Finds entities by name', reply: names },
  'GET /graphs': {
    ...about('Returns the graph around an entity, or all of it'),
    reply: {
      example: {
        nodes: [
          {
            id: 'AquaLine 400',
            labels: ['AquaLine 400'],
            properties: { entity_id: 'AquaLine 400', entity_type: 'product' },
          },
        ],
        edges: [],
        is_truncated: false,
      },
    },
  },
  'GET /graph/entity/exists': {
    ...about('Tells whether an entity is there'),
    reply: { example: { exists: true } },
  },
  'POST /graph/entity/create': {
    ...about('Adds an entity'),
    body: {
      example: {
        entity_name: 'AquaLine 400',
        entity_data: { entity_type: 'product', description: 'A pump.' },
      },
    },
    reply: done(entity),
    errors: refusals('The name is taken'),
  },
  'POST /graph/entity/edit': {
    ...about('Changes, renames or merges an entity'),
    body: {
      example: { entity_name: 'AquaLine 400', updated_data: { description: 'A pump.' } },
    },
    reply: {
      example: {
        status: 'success',
        message: 'Done.',
        data: { ...entity, operation_summary: summary },
        operation_summary: summary,
      },
    },
    errors: refusals('There is no such entity, or its new name is taken'),
  },
  'POST /graph/relation/create': {
    ...about('Adds a relation'),
    body: {
      example: {
        source_entity: 'AquaLine 400',
        target_entity: 'Project Falcon',
        relation_data: { description: 'Project Falcon builds the pump.', weight: 1 },
      },
    },
    reply: done(relation),
    errors: refusals('An entity is missing, or the relation is there already'),
  },
  'POST /graph/relation/edit': {
    ...about('Changes a relation'),
    body: {
      example: {
        source_id: 'AquaLine 400',
        target_id: 'Project Falcon',
        updated_data: { keywords: 'product' },
      },
    },
    reply: done(relation),
    errors: refusals('There is no such relation'),
  },
  'POST /graph/entities/merge': {
    ...about('Makes one entity of several'),
    body: {
      example: { entities_to_change: ['Aqualine'], entity_to_change_into: 'AquaLine 400' },
    },
    reply: done(entity),
    errors: refusals('An entity is missing'),
  },
  'DELETE /graph/entity/delete': deleteEntity,
  'DELETE /graph/relation/delete': deleteRelation,
  'DELETE /documents/delete_entity': { ...deleteEntity, deprecated: true },
  'DELETE /documents/delete_relation': { ...deleteRelation, deprecated: true },
  'GET /graph/export': {
    ...about('Sends the whole graph as a file'),
    reply: file('text/csv', 'entity,type\nAquaLine 400,product\n'),
    alternatives: [
      file('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'a workbook'),
      file('text/markdown', '# AquaLine 400'),
      file('text/plain', 'AquaLine 400'),
      file('application/graphml+xml', '<graphml/>'),
      file('application/gexf+xml', '<gexf/>'),
    ],
  },
  'POST /documents/custom_kg': {
    tag: 'Documents',
    summary: 'Takes in texts with a graph that was made elsewhere',
    body: {
      example: {
        chunks: [{ content: 'Project Falcon builds the AquaLine 400.', source_id: 's1' }],
        entities: [{ entity_name: 'AquaLine 400', entity_type: 'product', source_id: 's1' }],
        relationships: [
          { src_id: 'AquaLine 400', tgt_id: 'Project Falcon', weight: 1, source_id: 's1' },
        ],
      },
    },
    reply: {
      example: {
        status: 'success',
        message: 'Accepted. Processing goes on in the background.',
        track_id: 'insert_20260115_093000_1f0c2a7e',
      },
    },
  },
} satisfies OperationDocs
