import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../../src/config/config.ts'

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('loadConfig', () => {
  it('needs no variable at all', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      HOST: undefined,
      PORT: 9621,
      WORKING_DIR: resolve('rag_storage'),
      WORKSPACE: 'default',
      LLM_BINDING: 'offline',
      usersFile: resolve('users.json'),
      usersFileRequired: false,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('reads LightRAG’s variables', () => {
    const config = loadConfig({
      PORT: '8080',
      TOP_K: '12',
      LLM_BINDING: 'OpenAI',
      LLM_MODEL: 'some-model',
      CORS_ORIGINS: 'https://a.example, https://b.example',
      ENTITY_TYPES: '["Ship","Harbour"]',
      RERANK_BY_DEFAULT: 'no',
    })
    expect(config).toMatchObject({
      PORT: 8080,
      LLM_BINDING: 'openai',
      CORS_ORIGINS: ['https://a.example', 'https://b.example'],
      ENTITY_TYPES: ['Ship', 'Harbour'],
    })
    expect(config.engine).toMatchObject({ topK: 12, enableRerank: false })
  })

  it('names every bad variable at once', () => {
    const problems = problemsOf({ PORT: '99999', TOP_K: '1.5', RERANK_BY_DEFAULT: 'maybe' })
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535',
      'TOP_K must be a whole number from 1 to 1000',
      'RERANK_BY_DEFAULT must be true or false',
    ])
  })

  it('names what contradicts itself in the same round, but nothing that rests on what it cannot read', () => {
    const problems = problemsOf({
      PORT: '99999',
      CHUNK_SIZE: 'large',
      CHUNK_OVERLAP_SIZE: '2000',
      WORKSPACE: '../up',
      LLM_BINDING: 'openai',
      EMBEDDING_BINDING: 'word2vec',
      TOKEN_SECRET: 'short',
      AUTH_ACCOUNTS: 'anna',
      TENANT_DEFAULT_QUOTA: '{"max_documents": -1}',
      MODEL_PRICES: 'free',
      SMTP_URL: 'smtp://mail.example',
      LIGHTRAG_KV_STORAGE: 'PGKVStorage',
      SSL: 'true',
    })
    expect(problems.map((problem) => problem.split(/[ :]/)[0])).toEqual([
      'PORT',
      'CHUNK_SIZE',
      'EMBEDDING_BINDING',
      'WORKSPACE',
      'LLM_MODEL',
      'SSL_CERTFILE',
      'SSL_KEYFILE',
      'SMTP_FROM',
      'TENANT_DEFAULT_QUOTA',
      'MODEL_PRICES',
      'TOKEN_SECRET',
      'AUTH_ACCOUNTS',
      'LIGHTRAG_KV_STORAGE',
    ])
    expect(problems.join()).not.toMatch(/short|anna|free/)
  })

  it('lets chunks share half of themselves at most', () => {
    expect(problemsOf({ CHUNK_SIZE: '100', CHUNK_OVERLAP_SIZE: '51' })).toEqual([
      'CHUNK_OVERLAP_SIZE must be at most half of CHUNK_SIZE, which is 50',
    ])
    expect(problemsOf({ CHUNK_SIZE: '100', CHUNK_OVERLAP_SIZE: '50' })).toEqual([])
  })

  it('has room for the longest body within what bodies may take at once', () => {
    expect(problemsOf({ MAX_REQUEST_BODY_BYTES: String(200 * 1024 * 1024) })).toEqual([
      'BODIES_AT_ONCE_MB_PER_CALLER must have room for MAX_REQUEST_BODY_BYTES: at least 200',
    ])
    expect(problemsOf({ BODIES_AT_ONCE_MB: '100' })).toEqual([
      'BODIES_AT_ONCE_MB must be at least 128, a third more than BODIES_AT_ONCE_MB_PER_CALLER',
    ])
    const room = { BODIES_AT_ONCE_MB: '280', BODIES_AT_ONCE_MB_PER_CALLER: '200' }
    expect(problemsOf({ MAX_REQUEST_BODY_BYTES: String(200 * 1024 * 1024), ...room })).toEqual([])
  })

  it('refuses a provider it does not have, and says what to use instead', () => {
    expect(problemsOf({ LLM_BINDING: 'lollms' })).toEqual([
      expect.stringMatching(/^LLM_BINDING must be one of offline, openai.*LLM_BINDING_HOST/),
    ])
  })

  it.each([
    [{ CHUNK_SIZE: '100', CHUNK_OVERLAP_SIZE: '100' }, 'CHUNK_OVERLAP_SIZE'],
    [{ WORKSPACE: '../up' }, 'WORKSPACE'],
    [{ LLM_BINDING: 'openai' }, 'LLM_MODEL'],
    [{ EMBEDDING_BINDING: 'openai' }, 'EMBEDDING_MODEL'],
    [{ LLM_BINDING_HOST: 'localhost:1234' }, 'LLM_BINDING_HOST'],
  ])('refuses %j', (env, name) => {
    expect(problemsOf({ ...env } as Record<string, string>)).toEqual([
      expect.stringContaining(name),
    ])
  })
})
