import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Rag } from '../engine/rag.ts'
import { SERVER_DOCS } from '../openapi/server-docs.ts'
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
  /** Switches of the server that everybody may see, as they are called. */
  readonly flags?: Readonly<Record<string, boolean>>
  /** Whether this caller may see more than that the server lives. */
  readonly details: (request: FastifyRequest) => boolean
  /** What only the server's operator may see, which is of all workspaces; undefined for others. */
  readonly gauges?: (request: FastifyRequest) => Promise<OperatorGauges | undefined>
}

const NullableCounts = Type.Unsafe<Readonly<Record<string, unknown>> | null>({
  type: ['object', 'null'],
  additionalProperties: true,
})

const Gauges = Type.Object(
  {
    memory: Type.Object(
      { rss: Type.Integer(), heap_used: Type.Integer(), external: Type.Integer() },
      { description: 'Of the process, in bytes; `rss` is 0 while no file can be opened' },
    ),
    pool: Type.Record(Type.String(), Type.Integer()),
    workspaces: Type.Array(
      Type.Object({
        workspace: Type.String(),
        state: Type.String(),
        leases: Type.Integer(),
        background_leases: Type.Integer(),
        granted: Type.Integer({ description: 'Leases since it opened' }),
        bytes: Type.Integer({ description: 'Memory held, native memory included' }),
      }),
      { description: 'Those that are open' },
    ),
    audit: NullableCounts,
    queries: NullableCounts,
    bodies: Type.Object(
      { bytes: Type.Integer(), callers: Type.Integer(), refused: Type.Integer() },
      { description: 'What bodies of requests under way take of the memory, and of how many' },
    ),
  },
  { description: 'For super admins; an addition to LightRAG' },
)

/** What a server's operator may see of all its workspaces. */
export type OperatorGauges = Type.Static<typeof Gauges>

const HealthReply = Type.Object(
  {
    status: Type.Enum(['healthy', 'degraded', 'unhealthy'], {
      description:
        '`unhealthy` when the server lives and the workspace cannot be served, `degraded` when something else does not work',
    }),
    reasons: Type.Optional(
      Type.Immutable(
        Type.Array(
          Type.Object({ code: Type.String(), since: NullableString, hint: Type.String() }),
          { description: 'What does not work for now; an addition to LightRAG' },
        ),
      ),
    ),
    problem: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
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
    server: Type.Optional(Gauges),
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
  },
  {
    additionalProperties: {
      type: 'boolean',
      description: 'Switches of the server; an addition to LightRAG',
    },
  },
)

/** `GET /health`: a sign of life for all, and the state of the engine for those who may ask. */
export const healthRoutes: FastifyPluginAsyncTypebox<HealthRoutesOptions> = async (
  app,
  { rag, info, flags, details, gauges },
) => {
  app.get(
    '/health',
    {
      config: { access: { access: 'optional', unplaced: true }, doc: SERVER_DOCS['GET /health'] },
      schema: { response: { 200: HealthReply } },
    },
    async (request) => {
      const server = await gauges?.(request)
      return {
        status: 'healthy' as const,
        ...info,
        ...flags,
        ...(details(request) ? await stateOf(rag, request) : {}),
        ...(server === undefined ? {} : { server }),
      }
    },
  )
}

/** A workspace that cannot be served is no reason to take the server for dead, and restart it. */
async function stateOf(rag: Rag, request: FastifyRequest) {
  try {
    const state = await rag.status()
    const status = state.reasons.length === 0 ? ('healthy' as const) : ('degraded' as const)
    return { ...state, status }
  } catch (error) {
    const { code, message } = request.explainError(error)
    return { status: 'unhealthy' as const, problem: { code, message } }
  }
}
