import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import type { RagStatus } from '../../src/engine/rag.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { type Refusal, RestClient } from '../routes/rest-client.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const TEXT = 'Marie Curie discovered radium together with Pierre Curie in Paris.'
const QUESTION = { query: 'Who discovered radium?' }

let provider: ModelServer
let server: TestServer
let rest: RestClient
beforeEach(async () => {
  provider = await startModelServer()
})
afterEach(async () => {
  await server.close()
  await provider.close()
})

async function start(env: Record<string, string>): Promise<void> {
  server = await startTestServer(null, {
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: provider.openAiUrl,
    LLM_BINDING_API_KEY: 'common-key',
    LLM_MODEL: 'common-model',
    ...env,
  })
  rest = new RestClient({ baseUrl: server.url, headers: {}, close: server.close })
}

async function insert(): Promise<void> {
  const { body } = await rest.post<InsertResponse>('/documents/text', { text: TEXT })
  await rest.settled(body.track_id)
}

const modelsCalled = () => [...new Set(provider.callsOf('chat').map(({ model }) => model))]
const keysSent = () => [
  ...new Set(provider.callsOf('chat').map(({ headers }) => headers.authorization)),
]

describe('models of their own', () => {
  it('extract, find keywords and answer', async () => {
    await start({
      EXTRACT_LLM_MODEL: 'small-model',
      KEYWORD_LLM_MODEL: 'quick-model',
      QUERY_LLM_MODEL: 'large-model',
      QUERY_LLM_BINDING_API_KEY: 'another-key',
    })
    await insert()
    expect(modelsCalled()).toEqual(['small-model'])
    expect(keysSent()).toEqual(['Bearer common-key'])
    provider.reset()
    await rest.post('/query', QUESTION)
    expect(modelsCalled()).toEqual(['quick-model', 'large-model'])
    expect(keysSent()).toEqual(['Bearer common-key', 'Bearer another-key'])
  })

  it('are the common one where nothing else is said', async () => {
    await start({})
    await insert()
    await rest.post('/query', QUESTION)
    expect(modelsCalled()).toEqual(['common-model'])
  })

  it('may be none for some of the work', async () => {
    await start({ EXTRACT_LLM_BINDING: 'offline', KEYWORD_LLM_BINDING: 'offline' })
    await insert()
    expect(provider.calls).toEqual([])
    await rest.post('/query', QUESTION)
    expect(provider.callsOf('chat')).toHaveLength(1)
  })
})

describe('kept answers', () => {
  it('spare the model a question that was asked before, and can be turned off', async () => {
    const question = { ...QUESTION, ll_keywords: ['radium'] }
    await start({})
    await insert()
    provider.reset()
    for (const path of ['/query', '/query', '/query/stream']) await rest.post(path, question)
    expect(provider.callsOf('chat')).toHaveLength(1)
    await server.close()
    await start({ ENABLE_LLM_CACHE: 'false' })
    await insert()
    provider.reset()
    for (const path of ['/query', '/query', '/query/stream']) await rest.post(path, question)
    expect(provider.callsOf('chat')).toHaveLength(3)
  })
})

describe('the usage of models', () => {
  it('is counted for the workspace and shown by /health', async () => {
    await start({ QUERY_LLM_MODEL: 'large-model' })
    await insert()
    await rest.post('/query', QUESTION)
    const { usage = {} } = (await rest.get<RagStatus>('/health')).body
    const [large] = Object.entries(usage).filter(([id]) => id.includes('large-model'))
    const [common] = Object.entries(usage).filter(([id]) => id.includes('common-model'))
    expect(large?.[1]).toMatchObject({ calls: 1 })
    expect(large?.[1].prompt_tokens).toBeGreaterThan(0)
    expect(common?.[1].calls).toBe(provider.callsOf('chat').length - 1)
    expect(common?.[1].completion_tokens).toBeGreaterThan(0)
  })
})

describe('settings.json of a workspace', () => {
  const write = async (content: string) => {
    const folder = join(server.folder, 'rag_storage', 'default')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'settings.json'), content)
  }

  it('words the prompts', async () => {
    await start({})
    await write(
      JSON.stringify({
        entity_types: ['Isotope'],
        language: 'Norwegian',
        extraction_rules: 'Elements come first.',
        answer_prompt: 'Rhyme about this: {context_data}',
      }),
    )
    await insert()
    const extraction = provider.callsOf('chat')[0]?.messages[0]?.content ?? ''
    for (const word of ['Isotope', 'Norwegian', 'Elements come first.']) {
      expect(extraction).toContain(word)
    }
    await rest.post('/query', QUESTION)
    const answer = provider.callsOf('chat').at(-1)?.messages[0]?.content ?? ''
    expect(answer).toMatch(/^Rhyme about this: /)
    expect(answer).toContain(TEXT)
  })

  it.each([
    ['{"language": ', /not JSON/],
    ['{"entity_type": []}', /additional properties|entity_type/],
    ['{"entity_types": "Isotope"}', /entity_types/],
    ['{"answer_prompt": "Just answer."}', /answer_prompt must contain \{context_data\}/],
  ])('that is wrong is told, and keeps the workspace closed: %s', async (content, problem) => {
    await start({})
    await write(content)
    const { status, body } = await rest.post<Refusal>('/documents/text', { text: TEXT })
    expect(status).toBe(503)
    expect(body.detail).toMatch(problem)
    expect(body.detail).not.toContain(server.folder)
  })
})

describe('what the configuration says of models', () => {
  it('puts the prefixes before texts and questions', async () => {
    await start({
      EMBEDDING_BINDING: 'openai',
      EMBEDDING_MODEL: 'vectors',
      EMBEDDING_DIM: '64',
      EMBEDDING_QUERY_PREFIX: 'query:',
      EMBEDDING_DOCUMENT_PREFIX: 'passage:',
    })
    await insert()
    await rest.post('/query/data', { ...QUESTION, mode: 'naive' })
    const texts = provider.callsOf('embed').flatMap((call) => call.texts)
    expect(texts).toContain(`passage: ${TEXT}`)
    expect(texts).toContain(`query: ${QUESTION.query}`)
  })

  it.each([
    ['auto', false],
    ['true', true],
  ])('asks a server of no known provider for JSON when it says so: %s', async (choice, json) => {
    await start({ ENTITY_EXTRACTION_USE_JSON: choice })
    await insert()
    expect(provider.callsOf('chat')[0]?.schema !== null).toBe(json)
  })
})
