import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Rag } from '../../engine/rag.ts'
import { GRAPH_DOCS } from '../../openapi/graph-docs.ts'
import { LONGEST, OpenObject } from '../common-schemas.ts'
import { FoundEntities } from './graph-view-schemas.ts'

const PopularQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 300 }),
})

const SearchQuery = Type.Object({
  q: Type.String({ maxLength: LONGEST.name }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  detail: Type.Boolean({
    default: false,
    description: 'Whether more than names is told; an addition to LightRAG',
  }),
})

const GraphQuery = Type.Object({
  label: Type.String({
    maxLength: LONGEST.name,
    description: 'Exact name of an entity, or `*` for the whole graph',
  }),
  max_depth: Type.Integer({ minimum: 1, maximum: 1000, default: 3 }),
  max_nodes: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1000 }),
})

const ExistsQuery = Type.Object({ name: Type.String({ maxLength: LONGEST.name }) })

const EntityNames = Type.Array(Type.String())

const GraphReply = Type.Object({
  nodes: Type.Immutable(
    Type.Array(
      Type.Object({
        id: Type.String(),
        labels: Type.Immutable(Type.Array(Type.String())),
        properties: OpenObject,
      }),
    ),
  ),
  edges: Type.Immutable(
    Type.Array(
      Type.Object({
        id: Type.String(),
        type: Type.String(),
        source: Type.String(),
        target: Type.String(),
        properties: OpenObject,
      }),
    ),
  ),
  is_truncated: Type.Boolean(),
})

/** `/graphs` and `/graph/…`: reads of the knowledge graph. */
export const graphRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.get(
    '/graph/label/list',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/label/list'] },
      schema: { response: { 200: EntityNames } },
    },
    async () => rag.entityNames(),
  )

  app.get(
    '/graph/label/popular',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/label/popular'] },
      schema: { querystring: PopularQuery, response: { 200: EntityNames } },
    },
    async ({ query }) => rag.popularEntityNames(query.limit),
  )

  app.get(
    '/graph/label/search',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/label/search'] },
      schema: {
        querystring: SearchQuery,
        response: { 200: Type.Union([EntityNames, FoundEntities]) },
      },
    },
    async ({ query: { q, limit, detail } }) =>
      detail ? rag.searchEntities(q, limit) : rag.searchEntityNames(q, limit),
  )

  app.get(
    '/graphs',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graphs'] },
      schema: { querystring: GraphQuery, response: { 200: GraphReply } },
    },
    async ({ query }) => rag.subgraph(query),
  )

  app.get(
    '/graph/entity/exists',
    {
      config: { access: 'document:read', doc: GRAPH_DOCS['GET /graph/entity/exists'] },
      schema: {
        querystring: ExistsQuery,
        response: { 200: Type.Object({ exists: Type.Boolean() }) },
      },
    },
    async ({ query }) => rag.entityExists(query.name),
  )
}
