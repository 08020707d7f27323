import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../../src/config/config.ts'
import { startServer } from '../../src/main.ts'
import { extractionRows } from '../fixtures/model-server/default-answers.ts'
import { ModelServer } from '../fixtures/model-server/model-server.ts'
import { SeededRandom } from '../isolation/soak/random.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'
import { manyUsers } from '../server/test-server.ts'
import { ChaosCaller, type Taken } from './chaos-caller.ts'
import { type ChaosReport, judge } from './chaos-report.ts'
import { canaryIn, fatedDocuments } from './fated-document.ts'
import { LogStory } from './log-story.ts'
import { type Unsteadiness, unsteadyModels } from './unsteady-models.ts'

export interface ChaosOptions extends Unsteadiness {
  readonly documents: number
  readonly workspaces: number
  readonly seed: number
  /** How long a model may take, and the first wait of a document, in seconds. */
  readonly timeoutSeconds: number
  readonly retrySeconds: number
  readonly onProgress?: (line: string) => void
}

const DIMENSION = 64
/**
 * Many documents in many workspaces, while the models fail, hang, cut, lie and come back. Some
 * documents are fated: whatever is asked about them fails. Some are deleted, whatever they are doing.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { workspaces, seed, onProgress = () => undefined } = options
  const random = new SeededRandom(seed)
  const documents = fatedDocuments(options.documents, workspaces, random)
  const cut = new Set(documents.filter(({ fate }) => fate === 'cut').map(({ canary }) => canary))
  const models = unsteadyModels(documents, random, options)
  const server = new ModelServer({
    dimension: DIMENSION,
    faultOf: models.faultOf,
    chat: (messages) => {
      const text = extractionRows(messages)
      const about = canaryIn(messages.at(-1)?.content ?? '')
      if (about === undefined || !cut.has(about)) return text
      return { text: text.slice(0, Math.ceil(text.length / 3)), finish: 'length' }
    },
  })
  await server.listen()
  const folder = await tempFolder()
  const story = new LogStory()
  const usersFile = join(folder.path, 'users.json')
  await mkdir(folder.path, { recursive: true })
  await writeFile(usersFile, JSON.stringify({ users: manyUsers(workspaces) }))
  const running = await startServer(
    loadConfig({
      LLM_TIMEOUT: String(options.timeoutSeconds),
      EMBEDDING_TIMEOUT: String(options.timeoutSeconds),
      DOCUMENT_RETRY_SECONDS: String(options.retrySeconds),
      ...modelEnv(server.openAiUrl),
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder.path, 'rag_storage'),
      INPUT_DIR: join(folder.path, 'inputs'),
      USERS_FILE: usersFile,
      LOG_FORMAT: 'json',
      // It counts the calls of models.
      CHECK_MODELS: 'false',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
    }),
    { logStream: story },
  )
  const caller = new ChaosCaller(running.url)
  try {
    const taken: Taken[] = []
    const leaving: Taken[] = []
    for (const document of documents) {
      const one = await caller.insert(document)
      taken.push(one)
      if (document.deletedBy) leaving.push(one)
      // Some go at once, others while they are worked on, others when they are done.
      if (random.chance(0.3)) {
        const goes = random.take(leaving)
        if (goes) await caller.delete(goes)
      }
      if (taken.length % 500 === 0) onProgress(`${taken.length} taken in`)
    }
    for (const goes of leaving) await caller.delete(goes)
    models.settle()
    for (let round = 0; ; round++) {
      const open = await caller.open(workspaces)
      if (open === 0) break
      if (round % 20 === 0) onProgress(`${open} documents are not at their end`)
      await sleep(250)
    }
    return await judge({ taken, caller, story, server, outages: models.outages() })
  } finally {
    await running.close()
    await server.close()
    await folder.remove()
  }
}

function modelEnv(host: string): Record<string, string> {
  return {
    LLM_BINDING: 'openai',
    LLM_MODEL: 'm',
    LLM_BINDING_HOST: host,
    LLM_BINDING_API_KEY: 'k',
    EMBEDDING_BINDING: 'openai',
    EMBEDDING_MODEL: 'e',
    EMBEDDING_DIM: String(DIMENSION),
    EMBEDDING_BINDING_HOST: host,
    EMBEDDING_BINDING_API_KEY: 'k',
    ENTITY_EXTRACTION_USE_JSON: 'false',
    MAX_GLEANING: '0',
    MAX_ASYNC: '24',
    EMBEDDING_FUNC_MAX_ASYNC: '24',
    ENABLE_LLM_CACHE: 'false',
  }
}
