import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Rag } from '../engine/rag.ts'
import { NullableString, OpenObject } from './common-schemas.ts'

/** What `/health` tells everybody. */
export interface ServerInfo {
  readonly auth_mode: 'enabled' | 'disabled'
  readonly core_version: string
  readonly api_version: string
  readonly webui_title: string | null
  readonly webui_description: string | null
}

export interface HealthRoutesOptions {
  readonly rag: Rag
  readonly info: ServerInfo
  /** Whether this caller may see more than that the server lives. */
  readonly details: (request: FastifyRequest) => boolean
}

const HealthReply = Type.Object({
  status: Type.Literal('healthy'),
  auth_mode: Type.Enum(['enabled', 'disabled']),
  core_version: Type.String(),
  api_version: Type.String(),
  webui_title: NullableString,
  webui_description: NullableString,
  working_directory: Type.Optional(Type.String()),
  input_directory: Type.Optional(Type.String()),
  configuration: Type.Optional(OpenObject),
  pipeline_busy: Type.Optional(Type.Boolean()),
  counts: Type.Optional(
    Type.Object(
      {
        documents: Type.Integer(),
        chunks: Type.Integer(),
        entities: Type.Integer(),
        relations: Type.Integer(),
      },
      { description: 'What the workspace holds; an addition to LightRAG' },
    ),
  ),
  bytes: Type.Optional(
    Type.Integer({ description: 'Memory held for the workspace; an addition to LightRAG' }),
  ),
  usage: Type.Optional(
    Type.Immutable(
      Type.Record(
        Type.String(),
        Type.Object({
          calls: Type.Integer(),
          prompt_tokens: Type.Integer(),
          completion_tokens: Type.Integer(),
        }),
        { description: 'Of each model, since the server started; an addition to LightRAG' },
      ),
    ),
  ),
})

/** `GET /health`: a sign of life for all, and the state of the engine for those who may ask. */
export const healthRoutes: FastifyPluginAsyncTypebox<HealthRoutesOptions> = async (
  app,
  { rag, info, details },
) => {
  app.get('/health', { schema: { response: { 200: HealthReply } } }, async (request) => ({
    status: 'healthy' as const,
    ...info,
    ...(details(request) ? await rag.status() : {}),
  }))
}
