import { documented, KB_ID, pageWith, WHEN } from '../wire/documented.ts'

const KEY = {
  key_id: 'key_abcdefghij2345abcdef',
  key_name: 'crawler',
  name: 'crawler',
  prefix: 'trk_Zq1xW8a',
  role: 'editor',
  kb_ids: [KB_ID],
  rate: 120,
  is_active: true,
  ...WHEN,
  expires_at: '2027-01-01T00:00:00.000Z',
  revoked_at: null,
  last_used_at: null,
}

const ISSUED = { ...KEY, key: 'trk_Zq1xW8a…' }

const PROVIDER_KEY = {
  provider: 'openai',
  kb_id: null,
  last_four: 'x4Tz',
  updated_at: WHEN.created_at,
}

const QUOTA = {
  quota: { max_documents: 5000, max_storage_gb: 50, max_concurrent_queries: 5 },
  used: {
    documents: 12,
    storage_gb: 0.01,
    monthly_api_calls: 340,
    concurrent_queries: 0,
    knowledge_bases: 2,
    monthly_cost: 0.4,
    cpu_seconds: 3.2,
  },
  credit: null,
}

const ACT = {
  seq: 17,
  at: WHEN.created_at,
  actor: WHEN.created_by,
  actor_name: 'ada',
  action: 'member_added',
  subject: 'usr_klmnopqrst2345klmnop',
  details: { role: 'editor' },
}

const USED = {
  calls: 40,
  prompt_tokens: 61000,
  completion_tokens: 4200,
  used_tokens: 65200,
  cost: 0.4,
}

const config = { example: { config: { top_k: 60 }, version: 2 } }
const line = { type: 'application/x-ndjson', schema: { type: 'string' } }

export const SETTINGS_DOCS = documented({
  'GET /tenants/:tenant/config': {
    tag: 'Tenants',
    summary: 'Shows what a tenant sets for its queries and documents',
    description:
      'What is absent is inherited from the server. With `effective` each setting also comes with its value, where that comes from, and what it would be if it were not set here.',
    reply: config,
  },
  'PATCH /tenants/:tenant/config': {
    tag: 'Tenants',
    summary: 'Changes what a tenant sets',
    description: 'A field that is null is inherited again. It holds from the next request on.',
    body: { example: { top_k: 60, language: null } },
    reply: config,
    errors: { 409: 'Somebody has changed it meanwhile' },
  },
  'GET /tenants/:tenant/quota': {
    tag: 'Tenants',
    summary: 'Shows the bounds of a tenant, and what it uses',
    reply: { example: QUOTA },
  },
  'PATCH /tenants/:tenant/quota': {
    tag: 'Tenants',
    summary: 'Changes the bounds of a tenant',
    description: 'For operators of the server. Null takes a bound away.',
    body: { example: { max_documents: 5000, max_storage_gb: 50 } },
    reply: { example: QUOTA },
  },
  'GET /tenants/:tenant/provider-keys': {
    tag: 'Tenants',
    summary: 'Lists the keys of model providers, without the keys',
    reply: { example: { items: [PROVIDER_KEY] } },
  },
  'PUT /tenants/:tenant/provider-keys/:provider': {
    tag: 'Tenants',
    summary: 'Sets the key of a model provider',
    description: 'It is encrypted at rest, and never shown again.',
    body: { example: { key: 'sk-example-0123456789' } },
    reply: { example: PROVIDER_KEY },
  },
  'DELETE /tenants/:tenant/provider-keys/:provider': {
    tag: 'Tenants',
    summary: 'Removes the key of a model provider',
  },
  'GET /tenants/:tenant/api-keys': {
    tag: 'API keys',
    summary: 'Lists the API keys of a tenant, those that ended too',
    reply: { example: pageWith(KEY) },
  },
  'POST /tenants/:tenant/api-keys': {
    tag: 'API keys',
    summary: 'Makes an API key',
    description: 'The key is in this answer only. It does at most what its maker may do.',
    body: { example: { name: 'crawler', role: 'editor', kb_ids: ['manuals'], rate: 120 } },
    reply: { example: ISSUED },
  },
  'GET /tenants/:tenant/api-keys/:key': {
    tag: 'API keys',
    summary: 'Shows an API key, without the key',
    reply: { example: KEY },
  },
  'PATCH /tenants/:tenant/api-keys/:key': {
    tag: 'API keys',
    summary: 'Changes name, rate or end of an API key',
    body: { example: { rate: 60 } },
    reply: { example: KEY },
  },
  'POST /tenants/:tenant/api-keys/:key/rotate': {
    tag: 'API keys',
    summary: 'Makes a key in the place of another, which ends after an overlap',
    body: { example: { overlap_seconds: 3600 } },
    reply: { example: ISSUED },
    errors: { 409: 'The key has ended' },
  },
  'DELETE /tenants/:tenant/api-keys/:key': {
    tag: 'API keys',
    summary: 'Revokes an API key, from the next request on',
  },
  'GET /tenants/:tenant/audit': {
    tag: 'Tenants',
    summary: 'Lists what was done in the administration of a tenant',
    description: 'The newest first; ids only.',
    reply: { example: { items: [ACT], next_cursor: null } },
  },
  'GET /tenants/:tenant/audit/export': {
    tag: 'Tenants',
    summary: 'Sends all of it as lines of JSON',
    reply: { ...line, example: `${JSON.stringify(ACT)}\n` },
  },
  'GET /tenants/:tenant/usage': {
    tag: 'Tenants',
    summary: 'Sums up what a tenant used of the models and of the processor',
    reply: {
      example: {
        from: '2026-05-25',
        to: '2026-05-31',
        rows: [{ day: '2026-05-31', kb_id: null, actor: null, model: null, step: null, ...USED }],
        total: USED,
        processor: {
          rows: [{ day: '2026-05-31', kb_id: null, kind: 'loop', cpu_seconds: 12.5 }],
          cpu_seconds: 12.5,
        },
      },
    },
  },
})
