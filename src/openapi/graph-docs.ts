import type { OperationDocs } from './operation-doc.ts'

const names = { example: ['AquaLine 400', 'Project Falcon'] }

export const GRAPH_DOCS = {
  'GET /graph/label/list': {
    tag: 'Graph',
    summary: 'Lists the names of all entities',
    reply: names,
  },
  'GET /graph/label/popular': {
    tag: 'Graph',
    summary: 'Lists entities by number of relations',
    reply: names,
  },
  'GET /graph/label/search': { tag: 'Graph', summary: 'Finds entities by name', reply: names },
  'GET /graphs': {
    tag: 'Graph',
    summary: 'Returns the graph around an entity, or all of it',
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
    tag: 'Graph',
    summary: 'Tells whether an entity is there',
    reply: { example: { exists: true } },
  },
} satisfies OperationDocs
