import type { OperationDocs } from './operation-doc.ts'

const about = {
  core_version: '1.4.9.2',
  api_version: '0254',
  webui_title: null,
  webui_description: null,
}
const nullable = { type: ['string', 'null'] }
const aboutSchema = {
  core_version: { type: 'string' },
  api_version: { type: 'string' },
  webui_title: nullable,
  webui_description: nullable,
}
const aboutNames = Object.keys(aboutSchema)
const modeSchema = { auth_mode: { type: 'string', enum: ['enabled', 'disabled'] } }
const tokenSchema = { access_token: { type: 'string' }, token_type: { type: 'string' } }
const token = { access_token: 'eyJhbGciOiJIUzI1NiJ9…', token_type: 'bearer' }

const session = {
  schema: {
    type: 'object',
    required: ['username', 'expires_at'],
    properties: { username: nullable, expires_at: nullable },
  },
  example: { username: 'acme', expires_at: '2026-01-17T09:30:00.000Z' },
}

const names = { type: 'array', items: { type: 'string' } }
const EXPLANATION = {
  type: 'object',
  required: ['username', 'credential', 'workspace', 'chosen_by', 'workspaces', 'role'],
  properties: {
    username: { type: 'string' },
    credential: {
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { type: 'string', enum: ['api_key', 'bearer_api_key', 'token', 'none'] },
        sha256: { type: 'string', description: 'First digits of the digest of the key' },
        expires_at: { type: 'string' },
      },
    },
    workspace: { ...nullable, description: 'Null when none was chosen, and there is no default' },
    chosen_by: { type: 'string' },
    workspaces: names,
    role: nullable,
    permissions: names,
    super_admin: { type: 'boolean' },
    choices: {
      type: 'array',
      description: 'What may be chosen, where tenants are kept',
      items: {
        type: 'object',
        required: ['tenant', 'kb', 'workspace', 'role'],
        properties: {
          tenant: { type: 'string' },
          kb: { type: 'string' },
          workspace: { type: 'string' },
          role: { type: 'string' },
        },
      },
    },
    advice: { type: 'string', description: 'What to do where no workspace was chosen' },
  },
}

export const SERVER_DOCS = {
  'GET /health': {
    tag: 'Server',
    summary: 'Tells that the server lives',
    description:
      'A caller with a credential also sees the configuration and what is stored; a super admin, ' +
      'what the server holds for all workspaces.',
    reply: { example: { status: 'healthy', auth_mode: 'enabled', ...about } },
  },
  'GET /auth-status': {
    tag: 'Server',
    summary: 'Tells whether a login is needed',
    description: 'Where none is, it hands out a token for guests.',
    reply: {
      schema: {
        type: 'object',
        required: ['auth_configured', 'auth_mode', 'multi_tenant_enabled', ...aboutNames],
        properties: {
          auth_configured: { type: 'boolean' },
          multi_tenant_enabled: { type: 'boolean' },
          message: { type: 'string' },
          ...modeSchema,
          ...tokenSchema,
          ...aboutSchema,
        },
      },
      example: {
        auth_configured: true,
        auth_mode: 'enabled',
        multi_tenant_enabled: true,
        ...about,
      },
    },
  },
  'GET /ui/config': {
    tag: 'Server',
    summary: 'Tells a screen what it needs to begin',
    description: 'The same for everybody; nothing of what is stored.',
    reply: {
      example: {
        version: about.core_version,
        api_version: about.api_version,
        api_base: '',
        title: null,
        description: null,
        auth: { password: true, api_key: true, guest: false, oidc: [] },
        features: { tenants: true, self_service: false, snapshots: true, api_docs: true },
        upload: { max_bytes: 104_857_600, types: ['.md', '.pdf', '.txt'] },
        languages: null,
        default_language: null,
      },
    },
  },
  'POST /login': {
    tag: 'Server',
    summary: 'Gives a token for a name and a password',
    body: {
      type: 'application/x-www-form-urlencoded',
      schema: {
        type: 'object',
        required: ['username', 'password'],
        properties: {
          username: { type: 'string' },
          password: { type: 'string', format: 'password' },
          grant_type: { type: 'string', enum: ['password'] },
          scope: { type: 'string' },
          client_id: { type: 'string' },
          client_secret: { type: 'string' },
        },
      },
      example: { username: 'acme', password: 'acme-demo-password' },
    },
    reply: {
      schema: {
        type: 'object',
        required: [...Object.keys(tokenSchema), 'auth_mode', ...aboutNames],
        properties: {
          message: { type: 'string' },
          ...modeSchema,
          ...tokenSchema,
          ...aboutSchema,
        },
      },
      example: { ...token, auth_mode: 'enabled', ...about },
    },
    errors: { 401: 'The name or the password is wrong', 429: 'Too many attempts' },
  },
  'POST /auth/session': {
    tag: 'Server',
    summary: 'Signs a browser in, by a cookie that no script sees',
    description:
      'Takes the form of `/login`, with the header `X-Requested-By: webui`, which every request that changes something by this cookie needs. Where no login is needed there is no session, and `username` is null.',
    body: {
      type: 'application/x-www-form-urlencoded',
      schema: {
        type: 'object',
        required: ['username', 'password'],
        properties: {
          username: { type: 'string', maxLength: 16_384 },
          password: { type: 'string', format: 'password', maxLength: 16_384 },
        },
      },
      example: { username: 'acme', password: 'acme-demo-password' },
    },
    reply: session,
    errors: {
      401: 'The name or the password is wrong',
      403: 'The header `X-Requested-By: webui` is missing',
      429: 'Too many attempts',
    },
  },
  'PUT /auth/session': {
    tag: 'Server',
    summary: 'Renews the session, or makes one of a token',
    reply: session,
  },
  'DELETE /auth/session': {
    tag: 'Server',
    summary: 'Ends the session of a browser',
    errors: { 403: 'The header `X-Requested-By: webui` is missing' },
  },
  'GET /auth/explain': {
    tag: 'Server',
    summary: 'Tells how a request was understood',
    reply: {
      schema: EXPLANATION,
      example: {
        username: 'acme',
        credential: { kind: 'api_key', sha256: '5f2d8a90' },
        workspace: 'acme',
        chosen_by: 'the default workspace of the user',
        workspaces: ['acme'],
        role: 'owner',
        permissions: ['document:read', 'query:run'],
        super_admin: false,
      },
    },
  },
  'GET /auth/verify': {
    tag: 'Server',
    summary: 'Tells whether the credential is good',
    reply: { example: { status: 'ok' } },
  },
} satisfies OperationDocs
