import { documented } from '../wire/documented.ts'

const effective = {
  top_k: { value: 60, source: 'tenant', default: 40, locked: null },
  chunk_size: { value: 1200, source: 'server', default: 1200, locked: null },
}

export const CONFIG_DOCS = documented({
  'GET /tenants/:tenant/kbs/:kb/config': {
    tag: 'Knowledge bases',
    summary: 'Shows what a knowledge base sets, and what holds for it',
    description:
      'Each setting with its `value`, where that comes from, and what it would be if it were not set here.',
    reply: { example: { config: {}, version: 1, effective } },
  },
  'GET /config-schema': {
    tag: 'Tenants',
    summary: 'Describes what tenants and knowledge bases may set',
    description:
      'JSON Schema; `x-effect` says from when on a change shows: `next_question`, `next_document` or `new_vectors`.',
    reply: {
      example: {
        type: 'object',
        properties: { top_k: { type: 'integer', minimum: 1, maximum: 1000, title: 'Entities' } },
      },
    },
  },
  'GET /prompts/defaults': {
    tag: 'Tenants',
    summary: 'Shows the prompts that hold where nobody sets others',
    reply: { example: { answer: 'Answer from {context_data}.', extraction: 'Find entities.' } },
  },
})
