import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { type Server, startServer } from '../../src/main.ts'
import type { Fault } from '../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import type { CallKind } from '../fixtures/model-server/recorded-call.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'

let provider: ModelServer
let folder: Awaited<ReturnType<typeof tempFolder>>
let server: Server | undefined
let lines: { level: number; msg: string; model?: string }[]

beforeEach(async () => {
  provider = await startModelServer({
    chat: (_messages, { schema }) => (schema === null ? 'yes' : '{"ok": true}'),
    dimension: 64,
  })
  folder = await tempFolder()
  lines = []
})
afterEach(async () => {
  provider.release()
  await server?.close()
  server = undefined
  await provider.close()
  await folder.remove()
})

async function start(env: Record<string, string> = {}): Promise<void> {
  const config = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    WORKING_DIR: join(folder.path, 'rag_storage'),
    INPUT_DIR: join(folder.path, 'inputs'),
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ...TEST_HOSTS,
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: provider.openAiUrl,
    LLM_BINDING_API_KEY: 'sk-secret-key-0123456789',
    LLM_MODEL: 'chatty',
    ENTITY_EXTRACTION_USE_JSON: 'true',
    EMBEDDING_BINDING: 'openai',
    EMBEDDING_BINDING_HOST: provider.openAiUrl,
    EMBEDDING_MODEL: 'vectors',
    EMBEDDING_DIM: '64',
    RERANK_BINDING: 'cohere',
    RERANK_BINDING_HOST: `${provider.url}/rerank`,
    RERANK_MODEL: 'ranker',
    ...env,
  })
  const logStream = {
    write: (line: string) => {
      for (const one of line.trim().split('\n')) lines.push(JSON.parse(one))
    },
  }
  server = await startServer(config, { logStream })
}

const said = (messages: readonly { content: string }[]) => messages.at(-1)?.content ?? ''
const told = () =>
  lines.filter(({ msg }) =>
    /^The (?:language model|embedding model|reranker) (?:works|does not work)/.test(msg),
  )
const checked = async (count: number) => {
  await expect.poll(() => told().length).toBe(count)
  return told().sort((a, b) => (a.model ?? '').localeCompare(b.model ?? ''))
}

describe('the check of the models at the start', () => {
  it('makes one small call to each, and says that they work', async () => {
    await start()
    expect(await checked(3)).toMatchObject([
      { level: 30, model: 'cohere:ranker', msg: 'The reranker works.' },
      { level: 30, model: 'openai:chatty', msg: 'The language model works.' },
      { level: 30, model: 'openai:vectors', msg: 'The embedding model works.' },
    ])
    expect(provider.calls.map(({ kind }) => kind).toSorted()).toEqual(['chat', 'embed', 'rerank'])
    expect(provider.callsOf('chat')[0]?.schema).not.toBeNull()
  })

  it('asks each model once, whatever roles it has', async () => {
    await start({ QUERY_LLM_MODEL: 'large', KEYWORD_LLM_MODEL: 'chatty' })
    await checked(4)
    expect(
      provider
        .callsOf('chat')
        .map(({ model }) => model)
        .toSorted(),
    ).toEqual(['chatty', 'large'])
  })

  it('delays nothing, and ends with the server', async () => {
    provider.hold()
    await start()
    expect((await fetch(`${server?.url}/health`)).status).toBe(200)
    await provider.until(({ running }) => running === 3)
    expect(told()).toEqual([])
    await server?.close()
    server = undefined
    await provider.until(({ running }) => running === 0)
    expect(told()).toEqual([])
  })

  it('waits for slots, and leaves one to questions', async () => {
    provider.hold(({ messages, kind }) => kind !== 'chat' || /this JSON/.test(said(messages)))
    await start({ MAX_ASYNC: '2', QUERY_LLM_MODEL: 'large' })
    await provider.until(({ running }) => running === 2)
    const answer = await fetch(`${server?.url}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Is it there?', mode: 'bypass' }),
    })
    expect(answer.status).toBe(200)
    expect(provider.running).toBe(2)
    provider.release()
    await checked(4)
  })

  it('can be turned off', async () => {
    await start({ CHECK_MODELS: 'false' })
    expect((await fetch(`${server?.url}/health`)).status).toBe(200)
    expect(provider.calls).toEqual([])
  })

  it('names the dimension that the embedding model has', async () => {
    await start({ EMBEDDING_DIM: '1024' })
    const [, , embedding] = await checked(3)
    expect(embedding).toMatchObject({
      level: 40,
      msg: expect.stringContaining('Set EMBEDDING_DIM=64.'),
    })
  })

  const refused = (status: number): Fault => ({ kind: 'status', status, message: 'no' })
  it.each<[string, CallKind, Fault, RegExp]>([
    [
      'a wrong key',
      'chat',
      refused(401),
      /refused the credentials.* Look at LLM_BINDING_API_KEY\.$/,
    ],
    ['a wrong name', 'chat', refused(404), /Look at LLM_MODEL, and at LLM_BINDING_HOST/],
    [
      'a wrong name',
      'embed',
      refused(404),
      /Look at EMBEDDING_MODEL, and at EMBEDDING_BINDING_HOST/,
    ],
    ['a wrong key', 'rerank', refused(403), /Look at RERANK_BINDING_API_KEY\.$/],
    ['no schema taken', 'chat', refused(400), /refused the request/],
    ['results without scores', 'rerank', { kind: 'empty' }, /without a list of results/],
  ])('warns of %s (%s)', async (_what, kind, fault, message) => {
    provider.failAlways(kind, fault)
    await start()
    const [finding] = (await checked(3)).filter(({ level }) => level === 40)
    expect(finding?.msg).toMatch(message)
    expect(JSON.stringify(lines)).not.toContain('sk-secret')
    expect((await fetch(`${server?.url}/health`)).status).toBe(200)
  })

  it('tells that a model takes no schema, and asks it once more without', async () => {
    provider.failNext('chat', refused(400))
    await start()
    const [, language] = await checked(3)
    expect(language).toMatchObject({
      level: 40,
      msg: expect.stringContaining('ENTITY_EXTRACTION_USE_JSON=false'),
    })
    expect(provider.callsOf('chat').map(({ schema }) => schema !== null)).toEqual([true, false])
  })

  it('tells where nobody answers', async () => {
    const gone = await startModelServer()
    const { openAiUrl } = gone
    await gone.close()
    await start({
      LLM_BINDING_HOST: openAiUrl,
      EMBEDDING_BINDING: 'offline',
      RERANK_BINDING: 'null',
    })
    const [language] = await checked(1)
    expect(language?.msg).toMatch(/refused\. Look at LLM_BINDING_HOST; in a container/)
  })
})
