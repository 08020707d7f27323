type Env = Readonly<Record<string, string | undefined>>

interface Refused {
  /** What may stand there all the same, in lower case: it asks for what this server does anyway. */
  readonly allowed?: string
  /** What the operator believes and is not so, and what to do. */
  readonly because: string
}

const OWN_STORAGE =
  'this server keeps everything in SQLite below WORKING_DIR, whatever is set here. Unset it; ' +
  '"workspace import-lightrag" brings the files of LightRAG’s default stores over'
const SINGLE_LOGIN = 'it protects nothing here. Set AUTH_ACCOUNTS=name:password, or USERS_FILE'

/** Variables of LightRAG where silence would leave data elsewhere, or open, than somebody believes. */
const REFUSED: Readonly<Record<string, Refused>> = {
  LIGHTRAG_KV_STORAGE: { allowed: 'jsonkvstorage', because: OWN_STORAGE },
  LIGHTRAG_VECTOR_STORAGE: { allowed: 'nanovectordbstorage', because: OWN_STORAGE },
  LIGHTRAG_GRAPH_STORAGE: { allowed: 'networkxstorage', because: OWN_STORAGE },
  LIGHTRAG_DOC_STATUS_STORAGE: { allowed: 'jsondocstatusstorage', because: OWN_STORAGE },
  JWT_ALGORITHM: {
    allowed: 'hs256',
    because: 'tokens are signed with HS256, and no others are believed. Unset it',
  },
  AUTH_USERNAME: { because: SINGLE_LOGIN },
  AUTH_PASSWORD: { because: SINGLE_LOGIN },
}

/** Variables of LightRAG that change nothing here, to nobody's danger; a star stands for the rest. */
const WITHOUT_EFFECT = [
  'BEDROCK_LLM_*',
  'DOCUMENT_LOADING_ENGINE',
  'EMBEDDING_ASYMMETRIC',
  'EMBEDDING_SEND_DIM',
  'ENTITY_TYPE_PROMPT_FILE',
  'GEMINI_*',
  'HISTORY_TURNS',
  'LIGHTRAG_*',
  'LLM_MODEL_KWARGS',
  'LLM_TIMEOUT_*',
  'LOG_BACKUP_COUNT',
  'LOG_DIR',
  'LOG_MAX_BYTES',
  'MAX_ASYNC_*_LLM',
  'MEMGRAPH_*',
  'MILVUS_*',
  'MONGODB_WORKSPACE',
  'MONGO_*',
  'NEO4J_*',
  'OLLAMA_EMBEDDING_*',
  'OLLAMA_LLM_*',
  'OPENAI_LLM_*',
  'OPENSEARCH_*',
  'PDF_DECRYPT_PASSWORD',
  'POSTGRES_*',
  'QDRANT_*',
  'REDIS_URI',
  'REDIS_WORKSPACE',
  'RERANK_TIMEOUT',
  'SOURCE_IDS_LIMIT_METHOD',
  'TIKTOKEN_CACHE_DIR',
  'TIMEOUT',
  'VERBOSE',
  'VLM_*',
  'WHITELIST_PATHS',
  'WORKERS',
]
const HAS_NO_EFFECT = new RegExp(`^(?:${WITHOUT_EFFECT.join('|').replaceAll('*', '\\w+')})$`)

/**
 * What is wrong with variables of LightRAG that this server does not act on: one sentence for each
 * that would leave something open, or lost, that somebody believes to be safe.
 */
export function lightRagProblems(env: Env): string[] {
  return Object.entries(REFUSED).flatMap(([name, { allowed, because }]) => {
    const value = env[name]?.trim().toLowerCase() ?? ''
    return value === '' || value === allowed ? [] : [`${name} has no effect: ${because}`]
  })
}

/** Variables of LightRAG that are set and change nothing here, by name. */
export function lightRagVariablesWithoutEffect(env: Env, known: object): string[] {
  return Object.keys(env)
    .filter((name) => (env[name]?.trim() ?? '') !== '' && !Object.hasOwn(known, name))
    .filter((name) => !Object.hasOwn(REFUSED, name))
    .filter((name) => HAS_NO_EFFECT.test(name))
    .toSorted()
}
