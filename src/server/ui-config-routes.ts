import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Config } from '../config/config.ts'
import { FILE_EXTENSIONS } from '../formats/file-extensions.ts'
import type { PrefixOf } from '../http/guards/path-prefix.ts'
import { SERVER_DOCS } from '../openapi/server-docs.ts'
import type { Authenticator } from '../tenancy/sign-in/authenticator.ts'
import { API_VERSION, CORE_VERSION } from './version.ts'

export interface UiConfigOptions {
  readonly config: Config
  readonly authenticator: Pick<Authenticator, 'open' | 'passwordsOn' | 'multiTenant'>
  readonly prefixOf: PrefixOf
}

const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })

/** What everybody is told. */
export const UiConfigReply = Type.Object({
  version: Type.String(),
  api_version: Type.String(),
  api_base: Type.String({
    description: 'Path below which the API is, such as `/rag`; empty at the root',
  }),
  title: NullableString,
  description: NullableString,
  auth: Type.Object({
    password: Type.Boolean(),
    api_key: Type.Boolean(),
    guest: Type.Boolean({ description: 'Whether nobody needs a credential' }),
    oidc: Type.Array(Type.String()),
  }),
  features: Type.Object({
    tenants: Type.Boolean({ description: 'Whether `/api/v1` is there' }),
    self_service: Type.Boolean({ description: 'Whether every user may create tenants' }),
    snapshots: Type.Boolean(),
    api_docs: Type.Boolean(),
  }),
  upload: Type.Object({
    max_bytes: Type.Integer({ description: 'Of a file; 0 = no limit' }),
    types: Type.Immutable(Type.Array(Type.String(), { description: 'With their dots' })),
  }),
  languages: Type.Unsafe<readonly string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string' },
    description: 'Those to offer; null = all that a screen has',
  }),
  default_language: NullableString,
})

/** `GET /ui/config`: what a screen needs to begin, in one request, before anybody has signed in. */
export const uiConfigRoutes: FastifyPluginAsyncTypebox<UiConfigOptions> = async (
  app,
  { config, authenticator, prefixOf },
) => {
  app.get(
    '/ui/config',
    {
      config: { access: 'public', doc: SERVER_DOCS['GET /ui/config'] },
      schema: { response: { 200: UiConfigReply } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-cache')
      return {
        version: CORE_VERSION,
        api_version: API_VERSION,
        api_base: prefixOf(request),
        title: config.WEBUI_TITLE ?? null,
        description: config.WEBUI_DESCRIPTION ?? null,
        auth: {
          password: authenticator.passwordsOn,
          api_key: authenticator.multiTenant || config.LIGHTRAG_API_KEY !== undefined,
          guest: authenticator.open,
          oidc: [],
        },
        features: {
          tenants: config.multiTenant,
          self_service: config.multiTenant && config.TENANT_SELF_SERVICE,
          snapshots: config.multiTenant,
          api_docs: config.ENABLE_API_DOCS,
        },
        upload: { max_bytes: config.MAX_UPLOAD_SIZE, types: FILE_EXTENSIONS },
        languages: config.WEBUI_LANGUAGES.length > 0 ? config.WEBUI_LANGUAGES : null,
        default_language: config.WEBUI_DEFAULT_LANGUAGE ?? null,
      }
    },
  )
}
