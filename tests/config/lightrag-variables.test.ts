import { describe, expect, it } from 'vitest'
import { ConfigError, ENV_FIELDS, loadConfig } from '../../src/config/config.ts'
import { configNotices } from '../../src/config/config-notices.ts'

/** Variables of LightRAG's server, its newer and older versions, with a value that it documents. */
const LIGHTRAG = `
HOST=0.0.0.0 PORT=9621 WORKERS=2 TIMEOUT=300 WORKING_DIR=./rag INPUT_DIR=./in WORKSPACE=space1
CORS_ORIGINS=* SSL=false LIGHTRAG_API_KEY=k AUTH_ACCOUNTS=a:b TOKEN_SECRET=${'x'.repeat(32)}
JWT_ALGORITHM=HS256 TOKEN_EXPIRE_HOURS=48 GUEST_TOKEN_EXPIRE_HOURS=24 WHITELIST_PATHS=/health,/api/*
WEBUI_TITLE=t WEBUI_DESCRIPTION=d OLLAMA_EMULATING_MODEL_NAME=n OLLAMA_EMULATING_MODEL_TAG=t
LOG_LEVEL=INFO VERBOSE=False LOG_DIR=/var/log LOG_MAX_BYTES=10485760 LOG_BACKUP_COUNT=5
LIGHTRAG_MULTI_TENANT=false LIGHTRAG_MULTI_TENANT_STRICT=false LIGHTRAG_SUPER_ADMIN_USERS=admin
TOP_K=40 CHUNK_TOP_K=20 MAX_ENTITY_TOKENS=6000 MAX_RELATION_TOKENS=8000 MAX_TOTAL_TOKENS=30000
COSINE_THRESHOLD=0.2 RELATED_CHUNK_NUMBER=5 KG_CHUNK_PICK_METHOD=VECTOR HISTORY_TURNS=0
ENABLE_LLM_CACHE=true RERANK_BINDING=null RERANK_MODEL=m RERANK_BINDING_HOST=http://r
RERANK_BINDING_API_KEY=k RERANK_BY_DEFAULT=True MIN_RERANK_SCORE=0.0 MAX_GRAPH_NODES=1000
CHUNK_SIZE=1200 CHUNK_OVERLAP_SIZE=100 MAX_ASYNC=4 MAX_PARALLEL_INSERT=2 EMBEDDING_FUNC_MAX_ASYNC=8
EMBEDDING_BATCH_NUM=10 LLM_TIMEOUT=180 EMBEDDING_TIMEOUT=30 ENABLE_LLM_CACHE_FOR_EXTRACT=true
SUMMARY_LANGUAGE=English ENTITY_TYPES=["Person"] MAX_GLEANING=1 FORCE_LLM_SUMMARY_ON_MERGE=8
SUMMARY_MAX_TOKENS=1200 SUMMARY_LENGTH_RECOMMENDED=600 SUMMARY_CONTEXT_SIZE=12000
MAX_SOURCE_IDS_PER_ENTITY=300 MAX_SOURCE_IDS_PER_RELATION=300 SOURCE_IDS_LIMIT_METHOD=FIFO
MAX_FILE_PATHS=100 DOCUMENT_LOADING_ENGINE=DEFAULT PDF_DECRYPT_PASSWORD=p LLM_BINDING=openai
LLM_MODEL=m LLM_BINDING_HOST=http://l LLM_BINDING_API_KEY=k EMBEDDING_BINDING=openai EMBEDDING_MODEL=m
EMBEDDING_DIM=1024 EMBEDDING_BINDING_HOST=http://e EMBEDDING_BINDING_API_KEY=k EMBEDDING_SEND_DIM=false
LIGHTRAG_KV_STORAGE=JsonKVStorage LIGHTRAG_VECTOR_STORAGE=NanoVectorDBStorage
LIGHTRAG_GRAPH_STORAGE=NetworkXStorage LIGHTRAG_DOC_STATUS_STORAGE=JsonDocStatusStorage
OPENAI_LLM_TEMPERATURE=0.9 OPENAI_LLM_REASONING_EFFORT=low OPENAI_LLM_MAX_COMPLETION_TOKENS=9000
OLLAMA_LLM_NUM_CTX=32768 OLLAMA_LLM_TEMPERATURE=0.9 OLLAMA_EMBEDDING_NUM_CTX=8192
BEDROCK_LLM_TEMPERATURE=1 GEMINI_LLM_TEMPERATURE=1 GEMINI_API_KEY=k AZURE_OPENAI_API_VERSION=2024-08-01-preview
POSTGRES_WORKSPACE=w NEO4J_WORKSPACE=w MONGODB_WORKSPACE=w REDIS_WORKSPACE=w MILVUS_WORKSPACE=w
QDRANT_WORKSPACE=w MEMGRAPH_WORKSPACE=w OPENSEARCH_WORKSPACE=w POSTGRES_HOST=h POSTGRES_PASSWORD=p
NEO4J_URI=u MONGO_URI=u REDIS_URI=u MILVUS_URI=u QDRANT_URL=u MEMGRAPH_URI=u
EXTRACT_LLM_BINDING=common QUERY_LLM_MODEL=m KEYWORD_LLM_MODEL=m VLM_LLM_MODEL=m
MAX_ASYNC_EXTRACT_LLM=4 LLM_TIMEOUT_QUERY_LLM=60 RERANK_TIMEOUT=30 EMBEDDING_ASYMMETRIC=true
EMBEDDING_QUERY_PREFIX=q EMBEDDING_DOCUMENT_PREFIX=d ENTITY_TYPE_PROMPT_FILE=f LIGHTRAG_PARSER=native
ENTITY_EXTRACTION_USE_JSON=true
`
const documented = new Map(
  LIGHTRAG.trim()
    .split(/\s+/)
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
)

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('a variable of LightRAG', () => {
  it('is read, or named as one without effect, or asks for what is done anyway', () => {
    expect(documented.size).toBeGreaterThan(110)
    const config = loadConfig(Object.fromEntries(documented))
    const silent = [...documented.keys()].filter(
      (name) => !Object.hasOwn(ENV_FIELDS, name) && !config.withoutEffect.includes(name),
    )
    expect(silent).toEqual([
      'JWT_ALGORITHM',
      'LIGHTRAG_KV_STORAGE',
      'LIGHTRAG_VECTOR_STORAGE',
      'LIGHTRAG_GRAPH_STORAGE',
      'LIGHTRAG_DOC_STATUS_STORAGE',
    ])
    expect(config.withoutEffect).toContain('WHITELIST_PATHS')
    expect(config.withoutEffect).not.toContain('LIGHTRAG_API_KEY')
  })

  it.each([
    ['LIGHTRAG_KV_STORAGE', 'PGKVStorage', /SQLite below WORKING_DIR/],
    ['LIGHTRAG_VECTOR_STORAGE', 'MilvusVectorDBStorage', /SQLite below WORKING_DIR/],
    ['LIGHTRAG_GRAPH_STORAGE', 'Neo4JStorage', /SQLite below WORKING_DIR/],
    ['LIGHTRAG_DOC_STATUS_STORAGE', 'MongoDocStatusStorage', /SQLite below WORKING_DIR/],
    ['JWT_ALGORITHM', 'RS256', /HS256/],
    ['AUTH_USERNAME', 'admin', /AUTH_ACCOUNTS/],
    ['AUTH_PASSWORD', 'secret-word', /AUTH_ACCOUNTS/],
    ['SSL', 'true', /SSL_CERTFILE must be set/],
    ['SSL_CERTFILE', '/etc/tls/server.crt', /SSL is not/],
    ['SSL_KEYFILE', '/etc/tls/server.key', /SSL is not/],
  ])('stops the start where silence is dangerous: %s=%s', (name, value, words) => {
    const problems = problemsOf({ [name]: value })
    expect(problems.length).toBeGreaterThan(0)
    expect(problems[0]).toMatch(words)
    expect(problems.join()).not.toContain('secret-word')
  })

  it('without effect is named in one line, by its name alone', () => {
    const config = loadConfig({
      POSTGRES_PASSWORD: 'secret-word',
      WORKERS: '2',
      TOP_K: '3',
      HOME: '/',
    })
    expect(configNotices(config)).toEqual([
      'Set, and known from LightRAG, but without effect here: POSTGRES_PASSWORD, WORKERS.',
    ])
    expect(configNotices(loadConfig({ WORKERS: ' ' }))).toEqual([])
  })
})

describe('a language model without an embedding model', () => {
  it('is told what that means', () => {
    const llm = { LLM_BINDING: 'openai', LLM_MODEL: 'm' }
    expect(configNotices(loadConfig(llm))).toEqual([
      expect.stringMatching(/^EMBEDDING_BINDING is not set: .*words.*reindex/),
    ])
    const both = { ...llm, EMBEDDING_BINDING: 'openai', EMBEDDING_MODEL: 'e' }
    expect(configNotices(loadConfig(both))).toEqual([])
    expect(configNotices(loadConfig({}))).toEqual([])
  })
})
