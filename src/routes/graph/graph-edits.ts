import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Rag } from '../../engine/rag.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { GRAPH_DOCS } from '../../openapi/graph-docs.ts'
import {
  CreateEntityBody,
  CreateRelationBody,
  DeleteEntityBody,
  DeleteRelationBody,
  DeletionReply,
  EditEntityBody,
  EditEntityReply,
  EditRelationBody,
  EntityReply,
  MergeBody,
  RelationReply,
} from './graph-edit-schemas.ts'

/** `/graph/entity/…`, `/graph/relation/…`: changes of the knowledge graph by hand. */
export const graphEditRoutes: FastifyPluginAsyncTypebox<{ rag: Rag }> = async (app, { rag }) => {
  app.post(
    '/graph/entity/create',
    {
      bodyLimit: BODY_BYTES.management,
      config: {
        access: 'document:create',
        doc: GRAPH_DOCS['POST /graph/entity/create'],
        takesRoom: true,
      },
      schema: { body: CreateEntityBody, response: { 200: EntityReply } },
    },
    async ({ body }) => rag.entityCreate(body),
  )

  app.post(
    '/graph/entity/edit',
    {
      bodyLimit: BODY_BYTES.management,
      config: {
        access: 'document:update',
        doc: GRAPH_DOCS['POST /graph/entity/edit'],
        takesRoom: true,
      },
      schema: { body: EditEntityBody, response: { 200: EditEntityReply } },
    },
    async ({ body }) => rag.entityEdit(body),
  )

  app.post(
    '/graph/relation/create',
    {
      bodyLimit: BODY_BYTES.management,
      config: {
        access: 'document:create',
        doc: GRAPH_DOCS['POST /graph/relation/create'],
        takesRoom: true,
      },
      schema: { body: CreateRelationBody, response: { 200: RelationReply } },
    },
    async ({ body }) => rag.relationCreate(body),
  )

  app.post(
    '/graph/relation/edit',
    {
      bodyLimit: BODY_BYTES.management,
      config: {
        access: 'document:update',
        doc: GRAPH_DOCS['POST /graph/relation/edit'],
        takesRoom: true,
      },
      schema: { body: EditRelationBody, response: { 200: RelationReply } },
    },
    async ({ body }) => rag.relationEdit(body),
  )

  app.post(
    '/graph/entities/merge',
    {
      bodyLimit: BODY_BYTES.management,
      config: {
        access: 'document:update',
        doc: GRAPH_DOCS['POST /graph/entities/merge'],
        takesRoom: true,
      },
      schema: { body: MergeBody, response: { 200: EntityReply } },
    },
    async ({ body }) => rag.mergeEntities(body),
  )

  // Older clients look for them among the documents, newer ones in the graph.
  for (const url of ['/documents/delete_entity', '/graph/entity/delete'] as const) {
    app.delete(
      url,
      {
        config: { access: 'document:delete', doc: GRAPH_DOCS[`DELETE ${url}` as const] },
        bodyLimit: BODY_BYTES.management,
        schema: { body: DeleteEntityBody, response: { 200: DeletionReply } },
      },
      async ({ body }) => rag.deleteEntity(body),
    )
  }
  for (const url of ['/documents/delete_relation', '/graph/relation/delete'] as const) {
    app.delete(
      url,
      {
        config: { access: 'document:delete', doc: GRAPH_DOCS[`DELETE ${url}` as const] },
        bodyLimit: BODY_BYTES.management,
        schema: { body: DeleteRelationBody, response: { 200: DeletionReply } },
      },
      async ({ body }) => rag.deleteRelation(body),
    )
  }
}
