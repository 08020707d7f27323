import type { OperationDocs } from './operation-doc.ts'

const identity = { model: 'lightrag:latest', created_at: '2024-01-15T00:00:00Z' }
const counters = {
  total_duration: 120_000_000,
  load_duration: 0,
  prompt_eval_count: 9,
  prompt_eval_duration: 20_000_000,
  eval_count: 12,
  eval_duration: 100_000_000,
}
const end = { done: true, done_reason: 'stop' }
const message = (content: string) => ({ role: 'assistant', content, images: null })
const TEXT = '24 months.'
const lines = (...objects: object[]) => ({
  type: 'application/x-ndjson',
  schema: { type: 'string', description: 'One JSON object a line' },
  example: objects.map((object) => `${JSON.stringify(object)}\n`).join(''),
})
const known = {
  name: 'lightrag:latest',
  model: 'lightrag:latest',
  size: 7_365_960_935,
  digest: 'sha256:lightrag',
}

export const OLLAMA_DOCS = {
  'GET /api/version': {
    tag: 'Ollama',
    summary: 'Tells which Ollama this is like',
    reply: { example: { version: '0.9.3' } },
  },
  'GET /api/tags': {
    tag: 'Ollama',
    summary: 'Lists the one model',
    reply: { example: { models: [known] } },
  },
  'GET /api/ps': {
    tag: 'Ollama',
    summary: 'Lists the model as running',
    reply: { example: { models: [known] } },
  },
  'POST /api/generate': {
    tag: 'Ollama',
    summary: 'Asks the language model itself',
    description: 'Without documents. The body is read as JSON whatever its content type.',
    body: { example: { model: 'lightrag:latest', prompt: 'Say hello.' } },
    reply: { example: { ...identity, response: TEXT, ...end, context: [], ...counters } },
    alternatives: [
      lines(
        { ...identity, response: TEXT, done: false },
        { ...identity, response: '', ...end, context: [], ...counters },
      ),
    ],
    asksModels: true,
    errors: { 422: null },
  },
  'POST /api/chat': {
    tag: 'Ollama',
    summary: 'Answers the last message of a chat',
    description:
      'The message may begin with `/local `, `/global `, `/hybrid `, `/naive `, `/mix ` or `/bypass `, or with `/context`. Streams unless `stream` is false.',
    body: {
      example: {
        model: 'lightrag:latest',
        messages: [{ role: 'user', content: '/mix How long is the warranty?' }],
        stream: false,
      },
    },
    reply: { example: { ...identity, message: message(TEXT), ...end, ...counters } },
    alternatives: [
      lines(
        { ...identity, message: message(TEXT), done: false },
        { ...identity, message: message(''), ...end, ...counters },
      ),
    ],
    asksModels: true,
    errors: { 422: null },
  },
} satisfies OperationDocs
