import { resolve } from 'node:path'
import { DEFAULT_SETTINGS as ENGINE, type EngineSettings } from '../engine/ports/settings.ts'
import { isHostPattern } from '../http/guards/host-names.ts'
import { isWorkspaceName } from '../tenancy/workspace-name.ts'
import { CROSS_OVER } from '../vectors/index-settings.ts'
import { BODY_FIELDS, bodyProblems } from './body-fields.ts'
import { callerProblems } from './caller-problems.ts'
import { CONNECTION_FIELDS } from './connection-fields.ts'
import { CONTROL_FIELDS, controlProblems, multiTenantOn } from './control-fields.ts'
import { ENGINE_FIELDS, engineSettings } from './engine-fields.ts'
import {
  decimal,
  type EnvValues,
  flag,
  integer,
  list,
  oneOf,
  readFields,
  text,
} from './env-fields.ts'
import { lightRagProblems, lightRagVariablesWithoutEffect } from './lightrag-variables.ts'
import { MODEL_FIELDS, modelProblems } from './model-fields.ts'
import { READ_FIELDS } from './read-fields.ts'
import { BINDINGS, ROLE_FIELDS, roleProblems } from './role-fields.ts'
import { TLS_FIELDS, tlsProblems } from './tls-fields.ts'

const REMEDY =
  'for another provider use "openai" with LLM_BINDING_HOST set to its OpenAI-compatible address, such as a LiteLLM proxy'

/** Every environment variable that the server reads, with LightRAG's names where it has one. */
export const ENV_FIELDS = {
  HOST: text(
    undefined,
    'Address to listen on. Unset: all addresses; this machine alone where nobody needs a key.',
  ),
  PORT: integer(9621, { min: 0, max: 65_535 }, 'Port to listen on; 0 takes a free one.'),
  WORKING_DIR: text('./rag_storage', 'Folder that holds one folder a workspace.'),
  INPUT_DIR: text('./inputs', 'Folder that holds the uploads, one folder a workspace.'),
  DISK_RESERVE_MB: integer(
    256,
    { min: 0, max: 1_048_576 },
    'Kept free of the disks of both, in MB, for deletions; of a small disk a tenth at most.',
  ),
  WORKSPACE: text('default', 'Workspace of a server without users.'),
  USERS_FILE: text(undefined, 'Users and their workspaces. Unset: `./users.json` if it is there.'),
  LIGHTRAG_API_KEY: text(undefined, 'The one key of a server without users.'),
  AUTH_ACCOUNTS: text(undefined, 'Accounts of a server without users: `name:password,…`.'),
  TOKEN_SECRET: text(
    undefined,
    'Signs tokens; at least 32 bytes. Unset: generated in the storage folder.',
  ),
  TOKEN_EXPIRE_HOURS: decimal(48, { min: 0.01, max: 8760 }, 'Life of a token, in hours.'),
  GUEST_TOKEN_EXPIRE_HOURS: decimal(24, { min: 0.01, max: 8760 }, 'Life of a guest token.'),
  SIGN_IN_FREE_FAILURES: integer(
    5,
    { min: 0, max: 1000 },
    'Failed logins before each further one has to wait, twice as long each time; 0 = never.',
  ),
  SIGN_IN_MAX_WAIT_SECONDS: integer(900, { min: 1, max: 86_400 }, 'Longest of these waits.'),
  TENANT_HOST_SUFFIX: text(
    undefined,
    'With `rag.example.com`, a request to `acme.rag.example.com` chooses `acme`.',
  ),
  REQUESTS_PER_MINUTE_PER_KEY: integer(
    0,
    { min: 0, max: 1_000_000 },
    'Of one key or user; 0 = no limit.',
  ),
  REQUESTS_PER_MINUTE_PER_WORKSPACE: integer(
    0,
    { min: 0, max: 1_000_000 },
    'To one workspace; 0 = no limit.',
  ),
  QUERIES_AT_ONCE_PER_KEY: integer(
    0,
    { min: 0, max: 10_000 },
    'Queries of one key or user running at once, open streams included; 0 = no limit.',
  ),
  QUERIES_AT_ONCE_PER_WORKSPACE: integer(0, { min: 0, max: 10_000 }, 'The same of one workspace.'),
  AUDIT_LOG: flag(true, 'Whether `_control/audit.log` is written.'),
  AUDIT_MAX_MB: integer(16, { min: 1, max: 4096 }, 'Of one audit file, in MB; then the next.'),
  AUDIT_KEEP_FILES: integer(
    64,
    { min: 1, max: 100_000 },
    'Full audit files kept; older ones are deleted.',
  ),
  ...CONTROL_FIELDS,
  CORS_ORIGINS: list([], 'Origins that browsers may call from; `*` allows all, without cookies.'),
  ...CONNECTION_FIELDS,
  ...TLS_FIELDS,
  LOG_LEVEL: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'Least level that is logged.',
  ),
  LOG_FORMAT: oneOf(
    ['auto', 'json', 'pretty'],
    'auto',
    'How lines look: pretty for people, json for programs; auto = pretty on a terminal.',
  ),
  WEBUI_TITLE: text(undefined, 'Repeated in /health, /login and /auth-status.'),
  WEBUI_DESCRIPTION: text(undefined, 'Repeated likewise.'),
  WEBUI_LANGUAGES: list(
    [],
    'Languages that a screen offers, such as `en,de,zh`; unset: all it has.',
  ),
  WEBUI_DEFAULT_LANGUAGE: text(undefined, 'The first one it shows. Unset: that of the browser.'),

  WEBUI: flag(true, 'Whether the web UI is served, at /webui/, where it is built.'),
  ENABLE_API_DOCS: flag(true, 'Whether /docs and /openapi.json are served.'),
  OLLAMA_EMULATING_MODEL_NAME: text('lightrag', 'Name of the model that /api/* pretends to be.'),
  OLLAMA_EMULATING_MODEL_TAG: text('latest', 'Its tag.'),

  POOL_MAX_ENGINES: integer(64, { min: 1, max: 100_000 }, 'Most workspaces open at once.'),
  POOL_MAX_MB: integer(
    2048,
    { min: 16, max: 16_777_216 },
    'Most memory that open workspaces hold, in MB.',
  ),
  POOL_IDLE_SECONDS: integer(
    900,
    { min: 0, max: 604_800 },
    'An idle workspace is closed after this; 0 = never.',
  ),
  POOL_ACQUIRE_TIMEOUT_SECONDS: integer(
    10,
    { min: 0, max: 300 },
    'Longest wait for a free place in the pool; then 503.',
  ),
  POOL_PINNED: list([], 'Workspaces opened at start and never closed to make room or for idling.'),
  POOL_WARM: list([], 'Workspaces opened at start.'),
  VECTOR_INDEX_FROM: integer(
    CROSS_OVER,
    { min: 1, max: 1_000_000_000 },
    'Vectors of one kind in a workspace from which they get an index; below, each is compared.',
  ),
  SHUTDOWN_SECONDS: integer(20, { min: 0, max: 600 }, 'Time to finish requests on shutdown.'),
  MAX_UPLOAD_SIZE: integer(
    ENGINE.maxUploadBytes,
    { min: 0, max: 2 ** 40 },
    'Of one uploaded file, in bytes; 0 = no limit.',
  ),
  MAX_EVENT_LOOP_DELAY_MS: integer(
    5000,
    { min: 0, max: 600_000 },
    'Time for which the event loop may stand still; beyond, who held it gets 503, and all when that does not help; 0 = no limit.',
  ),
  ...READ_FIELDS,
  ...BODY_FIELDS,

  ...ENGINE_FIELDS,
  ...MODEL_FIELDS,
  EMBEDDING_QUERY_PREFIX: text(undefined, 'Put before each question, for models that want it.'),
  EMBEDDING_DOCUMENT_PREFIX: text(undefined, 'Put before each text of a document.'),
  EMBEDDING_BATCH_NUM: integer(32, { min: 1, max: 2048 }, 'Texts in one embedding call.'),

  LLM_BINDING: oneOf(BINDINGS, 'offline', 'Language model provider.', REMEDY),
  LLM_BINDING_HOST: text(undefined, 'Address of its API. Unset: the provider’s own.'),
  LLM_BINDING_API_KEY: text(undefined, 'Key for it.'),
  LLM_MODEL: text(undefined, 'Model name; required unless the binding is offline.'),
  LLM_TEMPERATURE: decimal(
    undefined,
    { min: 0, max: 2 },
    'Of language models. Unset: left to the provider.',
  ),
  LLM_MAX_TOKENS: integer(
    undefined,
    { min: 1, max: 1_000_000 },
    'Longest answer of a language model, in tokens. Unset: left to the provider.',
  ),
  LLM_TIMEOUT: integer(180, { min: 0, max: 86_400 }, 'Of one call, in seconds; 0 = none.'),
  OLLAMA_LLM_NUM_CTX: integer(
    32_768,
    { min: 512, max: 10_000_000 },
    'Context window asked of Ollama, in tokens.',
  ),
  ...ROLE_FIELDS,
  AZURE_OPENAI_API_VERSION: text('2024-08-01-preview', 'API version of Azure OpenAI.'),
  EMBEDDING_BINDING: oneOf(BINDINGS, 'offline', 'Embedding provider.', REMEDY),
  EMBEDDING_BINDING_HOST: text(undefined, 'Address of its API. Unset: LLM_BINDING_HOST.'),
  EMBEDDING_BINDING_API_KEY: text(undefined, 'Key for it.'),
  EMBEDDING_MODEL: text(undefined, 'Model name; required unless the binding is offline.'),
  EMBEDDING_DIM: integer(1024, { min: 1, max: 65_536 }, 'Length of its vectors.'),
  EMBEDDING_TIMEOUT: integer(30, { min: 0, max: 86_400 }, 'Of one call, in seconds; 0 = none.'),
  ENABLE_LLM_CACHE: flag(true, 'Whether answers (until documents change) and keywords are kept.'),
  ENABLE_LLM_CACHE_FOR_EXTRACT: flag(true, 'Whether extraction answers are kept.'),
  RERANK_BINDING: oneOf(['null', 'cohere', 'jina', 'aliyun'], 'null', 'Reranker; null = none.'),
  RERANK_MODEL: text(undefined, 'Its model. Unset: the provider’s default.'),
  RERANK_BINDING_HOST: text(undefined, 'Its full address. Unset: the provider’s own.'),
  RERANK_BINDING_API_KEY: text(undefined, 'Key for it.'),
  RERANK_BY_DEFAULT: flag(true, 'Whether queries rerank when a reranker is there.'),
  MIN_RERANK_SCORE: decimal(0, { min: 0, max: 1 }, 'Least score that a reranked chunk needs.'),
} as const

export interface Config extends EnvValues<typeof ENV_FIELDS> {
  /** Whether somebody asked for a users file by name, so that it must be there. */
  readonly usersFileRequired: boolean
  readonly usersFile: string
  /** Whether tenants are kept in the control database. */
  readonly multiTenant: boolean
  readonly engine: EngineSettings
  /** Names of LightRAG's variables that are set and change nothing here. */
  readonly withoutEffect: readonly string[]
}

/** Names every bad variable at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n- ${problems.join('\n- ')}`)
    this.problems = problems
  }
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Reads the whole configuration.
 *
 * @throws {ConfigError} naming everything that is wrong
 */
export function loadConfig(env: Env): Config {
  const { config, problems } = readConfig(env)
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** The configuration and all that is wrong with it; what is wrong has its default in it. */
export function readConfig(env: Env): { config: Config; problems: string[] } {
  const { values, problems, unread } = readFields(ENV_FIELDS, env)
  const others = [
    ...contradictions(values),
    ...controlProblems(values, env),
    ...callerProblems(values),
    ...lightRagProblems(env),
  ]
  // What rests on a value that could not be read is not known to be wrong.
  const rests = (problem: string) =>
    problem.match(/[A-Z][A-Z\d_]+/g)?.some((name) => unread.has(name))
  problems.push(...others.filter((problem) => !rests(problem)))
  const config = Object.freeze({
    ...values,
    WORKING_DIR: resolve(values.WORKING_DIR),
    INPUT_DIR: resolve(values.INPUT_DIR),
    usersFileRequired: values.USERS_FILE !== undefined,
    usersFile: resolve(values.USERS_FILE ?? './users.json'),
    multiTenant: multiTenantOn(values),
    engine: engineSettings(values),
    withoutEffect: lightRagVariablesWithoutEffect(env, ENV_FIELDS),
  })
  return { config, problems }
}

type Values = EnvValues<typeof ENV_FIELDS>

function contradictions(values: Values): string[] {
  const problems: string[] = []
  const half = Math.floor(values.CHUNK_SIZE / 2)
  if (values.CHUNK_OVERLAP_SIZE > half) {
    problems.push(`CHUNK_OVERLAP_SIZE must be at most half of CHUNK_SIZE, which is ${half}`)
  }
  if (!isWorkspaceName(values.WORKSPACE)) {
    problems.push('WORKSPACE must be 1 to 128 letters, digits, "_" or "-", and begin with no sign')
  }
  problems.push(...poolContradictions(values), ...bodyProblems(values))
  if (!values.ALLOWED_HOSTS.every(isHostPattern)) {
    problems.push(
      'ALLOWED_HOSTS must name hosts without scheme and port, such as rag.example.com or .example.com',
    )
  }
  if (values.LLM_BINDING !== 'offline' && !values.LLM_MODEL) {
    problems.push(`LLM_MODEL must name a model when LLM_BINDING is ${values.LLM_BINDING}`)
  }
  if (values.EMBEDDING_BINDING !== 'offline' && !values.EMBEDDING_MODEL) {
    problems.push(
      `EMBEDDING_MODEL must name a model when EMBEDDING_BINDING is ${values.EMBEDDING_BINDING}`,
    )
  }
  problems.push(...roleProblems(values), ...modelProblems(values), ...tlsProblems(values))
  for (const name of [
    'LLM_BINDING_HOST',
    'EMBEDDING_BINDING_HOST',
    'RERANK_BINDING_HOST',
  ] as const) {
    const host = values[name]
    if (host !== undefined && !/^https?:\/\/[^\s]+$/.test(host)) {
      problems.push(`${name} must be an address that begins with http:// or https://`)
    }
  }
  return problems
}

function poolContradictions(values: Values): string[] {
  const problems: string[] = []
  for (const name of ['POOL_PINNED', 'POOL_WARM'] as const) {
    if (!values[name].every(isWorkspaceName)) problems.push(`${name} must name workspaces`)
  }
  if (new Set(values.POOL_PINNED).size >= values.POOL_MAX_ENGINES) {
    problems.push('POOL_PINNED must name fewer workspaces than POOL_MAX_ENGINES')
  }
  const suffix = values.TENANT_HOST_SUFFIX
  if (suffix !== undefined && !/^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(suffix)) {
    problems.push('TENANT_HOST_SUFFIX must be a host name such as rag.example.com')
  }
  return problems
}
