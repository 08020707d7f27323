import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import {
  DEFAULT_EXTRACTION_WORDING,
  extractionSystemPrompt,
} from '../../engine/roles/extraction-prompts.ts'
import { ANSWER_TEMPLATE } from '../../engine/roles/llm-answerer.ts'
import { ROW_FORMAT } from '../../engine/roles/row-format.ts'
import type { ControlPlane } from '../control-plane.ts'
import { ConfigReply } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { OpenObject, Ref } from '../wire/wire-schemas.ts'
import { CONFIG_DOCS } from './config-docs.ts'
import { configSchema } from './config-schema.ts'
import type { EffectiveConfig } from './effective-config.ts'

/** Settings with where each comes from. */
export const EffectiveReply = Type.Unsafe<EffectiveConfig>({
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['source', 'locked'],
    properties: {
      value: {},
      source: { type: 'string', enum: ['server', 'tenant', 'kb'] },
      default: {},
      locked: { type: ['string', 'null'] },
    },
  },
})

const KbConfigReply = Type.Object({
  config: ConfigReply,
  version: Type.Integer(),
  effective: EffectiveReply,
})

const PromptsReply = Type.Object({ answer: Type.String(), extraction: Type.String() })

/** What holds for a knowledge base, and what may be set at all. */
export const configRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { effective } },
) => {
  app.get(
    '/tenants/:tenant/kbs/:kb/config',
    {
      config: { access: 'account', doc: CONFIG_DOCS['GET /tenants/:tenant/kbs/:kb/config'] },
      schema: {
        params: Type.Object({ tenant: Ref, kb: Ref }),
        response: { 200: KbConfigReply },
      },
    },
    async (request, reply) => {
      const { tenant, kb } = request.params
      const found = await effective.ofKb(callerOf(request), tenant, kb)
      return reply.header('etag', `"${found.version}"`).send(found)
    },
  )

  const schema = configSchema()
  app.get(
    '/config-schema',
    {
      config: { access: 'account', doc: CONFIG_DOCS['GET /config-schema'] },
      schema: { response: { 200: OpenObject } },
    },
    async () => schema,
  )

  const prompts = {
    answer: ANSWER_TEMPLATE,
    extraction: extractionSystemPrompt(DEFAULT_EXTRACTION_WORDING, ROW_FORMAT),
  }
  app.get(
    '/prompts/defaults',
    {
      config: { access: 'account', doc: CONFIG_DOCS['GET /prompts/defaults'] },
      schema: { response: { 200: PromptsReply } },
    },
    async () => prompts,
  )
}
