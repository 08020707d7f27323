import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { accountAdmissionOf } from '../../tenancy/request/admission.ts'
import type { Refusal } from '../../tenancy/tenancy.ts'
import type { ControlPlane } from '../control-plane.ts'
import type { RagConfig } from '../core/rag-config.ts'
import type { TenantInfo } from '../tenants/tenant-info.ts'
import { assertSelectorsAgree } from '../wire/agreeing-selectors.ts'
import { callerOf } from '../wire/caller.ts'
import { answerInEnvelopes, success } from './envelope.ts'
import { RAGFLOW_DOCS } from './ragflow-docs.ts'
import { askedRole } from './ragflow-role.ts'
import {
  CreateTenantBody,
  DoneReply,
  InviteBody,
  InvitedReply,
  NewTokenBody,
  StatsQuery,
  StatsReply,
  TenantListReply,
  TenantParams,
  TenantReply,
  TenantUserParams,
  TokenListQuery,
  TokenListReply,
  TokenParams,
  TokenReply,
  UserListReply,
} from './ragflow-schemas.ts'
import { ragflowStats } from './ragflow-stats.ts'
import { RagflowTeam } from './ragflow-team.ts'
import { RagflowTokens } from './ragflow-tokens.ts'

export interface RagflowRoutesOptions {
  readonly plane: ControlPlane
  /** Called for callers who are refused. */
  readonly onRefusal?: (refusal: Refusal) => void
}

/** An address may hold a token in full: such requests are not written into the log. */
const QUIET = { logLevel: 'warn' } as const

/** `/api/v1/tenant/…`, `/api/v1/system/…`: tenants, teams and tokens as RAGFlow's clients ask for them. */
export const ragflowRoutes: FastifyPluginAsyncTypebox<RagflowRoutesOptions> = async (
  app,
  { plane, onRefusal },
) => {
  answerInEnvelopes(app, onRefusal)
  app.addHook('preValidation', async (request) => {
    if (accountAdmissionOf(request) !== undefined) await assertSelectorsAgree(request, plane)
  })
  await app.register(teamRoutes, { plane })
  await app.register(tokenRoutes, { plane })
  app.get(
    '/api/v1/system/stats',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['GET /api/v1/system/stats'] },
      schema: { querystring: StatsQuery, response: { 200: StatsReply } },
    },
    async (request) => success(await ragflowStats(plane, callerOf(request), request.query)),
  )
}

const teamRoutes: FastifyPluginAsyncTypebox<RagflowRoutesOptions> = async (app, { plane }) => {
  const team = new RagflowTeam(plane)

  app.get(
    '/api/v1/tenant/list',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['GET /api/v1/tenant/list'] },
      schema: { response: { 200: TenantListReply } },
    },
    async (request) => success(await team.tenants(callerOf(request))),
  )

  app.post(
    '/api/v1/tenant/create',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['POST /api/v1/tenant/create'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: CreateTenantBody, response: { 200: TenantReply } },
    },
    async (request) => {
      const { name, llm_id, embd_id, credit } = request.body
      const created = await plane.tenants.create(callerOf(request), {
        name,
        config: { ...modelIn('llm_model', llm_id), ...modelIn('embedding_model', embd_id) },
        ...(credit === undefined ? {} : { credit }),
      })
      return success(tenantOf(created, { llm_id, embd_id }))
    },
  )

  app.get(
    '/api/v1/tenant/:tenant_id/user/list',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['GET /api/v1/tenant/:tenant_id/user/list'] },
      schema: { params: TenantParams, response: { 200: UserListReply } },
    },
    async (request) => success(await team.users(callerOf(request), request.params.tenant_id)),
  )

  app.post(
    '/api/v1/tenant/:tenant_id/user',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['POST /api/v1/tenant/:tenant_id/user'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: InviteBody, response: { 200: InvitedReply } },
    },
    async (request) => {
      const { role = 'normal', ...whom } = request.body
      const invitation = { ...whom, role: askedRole(role) }
      return success(await team.invite(callerOf(request), request.params.tenant_id, invitation))
    },
  )

  app.delete(
    '/api/v1/tenant/:tenant_id/user/:user_id',
    {
      config: {
        access: 'account',
        doc: RAGFLOW_DOCS['DELETE /api/v1/tenant/:tenant_id/user/:user_id'],
      },
      schema: { params: TenantUserParams, response: { 200: DoneReply } },
    },
    async (request) => {
      const { tenant_id, user_id } = request.params
      return success(await team.remove(callerOf(request), tenant_id, user_id))
    },
  )

  app.put(
    '/api/v1/tenant/agree/:tenant_id',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['PUT /api/v1/tenant/agree/:tenant_id'] },
      schema: { params: TenantParams, response: { 200: DoneReply } },
    },
    async (request) => success(await team.agree(callerOf(request), request.params.tenant_id)),
  )

  app.put(
    '/api/v1/tenant/refuse/:tenant_id',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['PUT /api/v1/tenant/refuse/:tenant_id'] },
      schema: { params: TenantParams, response: { 200: DoneReply } },
    },
    async (request) => success(await team.refuse(callerOf(request), request.params.tenant_id)),
  )
}

const tokenRoutes: FastifyPluginAsyncTypebox<RagflowRoutesOptions> = async (app, { plane }) => {
  const tokens = new RagflowTokens(plane.core, plane.apiKeys)

  app.post(
    '/api/v1/system/new_token',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['POST /api/v1/system/new_token'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: NewTokenBody, response: { 200: TokenReply } },
      preValidation: withBody,
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { role = 'normal', ...wanted } = request.body
      return success(await tokens.create(callerOf(request), { ...wanted, role: askedRole(role) }))
    },
  )

  app.get(
    '/api/v1/system/token_list',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['GET /api/v1/system/token_list'] },
      schema: { querystring: TokenListQuery, response: { 200: TokenListReply } },
    },
    async (request) => success(await tokens.list(callerOf(request), request.query.tenant_id)),
  )

  app.delete(
    '/api/v1/system/token/:token',
    {
      config: { access: 'account', doc: RAGFLOW_DOCS['DELETE /api/v1/system/token/:token'] },
      ...QUIET,
      schema: { params: TokenParams, response: { 200: DoneReply } },
    },
    async (request) => success(await tokens.remove(callerOf(request), request.params.token)),
  )
}

/** RAGFlow's clients send no body here. */
async function withBody(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}

/** RAGFlow's ids are `model@factory`. */
function modelIn(field: 'llm_model' | 'embedding_model', id: string | null | undefined): RagConfig {
  const model = id?.split('@')[0]
  return model ? { [field]: model } : {}
}

function tenantOf(
  tenant: TenantInfo,
  asked: {
    readonly llm_id?: string | null | undefined
    readonly embd_id?: string | null | undefined
  },
) {
  return {
    id: tenant.tenant_id,
    tenant_id: tenant.tenant_id,
    name: tenant.name,
    llm_id: asked.llm_id ?? '',
    embd_id: asked.embd_id ?? '',
    credit: tenant.credit ?? null,
    status: tenant.is_active ? '1' : '0',
  }
}
