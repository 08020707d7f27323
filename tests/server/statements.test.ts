import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InsertResponse } from '../../src/engine/documents/document-calls.ts'
import type { QueryResponse, Statement } from '../../src/engine/retrieve/query-calls.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { RestClient } from '../routes/rest-client.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const TEXTS = {
  'mill.md': '# Barrow mill\n\nThe mill grinds barley. It was built in 1874 by Ines Tollan.',
  'ferry.md': '# Ferry\n\nThe ferry carries 40 people. A ticket costs 4 euros.',
}
const QUESTION = { query: 'When was the Barrow mill built?', mode: 'mix' }

let answer = ''
let provider: ModelServer
let server: TestServer
let rest: RestClient

beforeEach(async () => {
  provider = await startModelServer({ chat: () => answer })
})
afterEach(async () => {
  await server.close()
  await provider.close()
})

/** A server whose answers alone come from the provider. */
async function start(env: Record<string, string> = {}): Promise<void> {
  server = await startTestServer(null, {
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: provider.openAiUrl,
    LLM_BINDING_API_KEY: 'key',
    LLM_MODEL: 'model',
    EXTRACT_LLM_BINDING: 'offline',
    KEYWORD_LLM_BINDING: 'offline',
    ...env,
  })
  rest = new RestClient({ baseUrl: server.url, headers: {}, close: server.close })
  const { body } = await rest.post<InsertResponse>('/documents/texts', {
    texts: Object.values(TEXTS),
    file_sources: Object.keys(TEXTS),
  })
  await rest.settled(body.track_id)
}

/** The lines of a streamed answer. */
async function streamed(text: string): Promise<Partial<QueryResponse>[]> {
  answer = text
  const reply = await rest.post('/query/stream', QUESTION)
  return reply.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The id under which the references list a file. */
function idOf(file: string, { references }: QueryResponse): string {
  return references?.find(({ file_path }) => file_path === file)?.reference_id ?? ''
}

async function ask(text: string, more: object = {}): Promise<QueryResponse> {
  answer = text
  const { body } = await rest.post<QueryResponse>('/query', { ...QUESTION, ...more })
  return body
}

const quoted = (file: keyof typeof TEXTS, statement: Statement | undefined) =>
  statement?.citations.map(
    ({ sentence }) => sentence && TEXTS[file].slice(sentence.start, sentence.end),
  )

describe('an answer of a language model', () => {
  beforeEach(() => start())

  it('tells for each sentence where its source says so', async () => {
    const reply = await ask('Nothing yet.', { user_prompt: 'First.' })
    const mill = idOf('mill.md', reply)
    const { response, statements = [] } = await ask(
      `The Barrow mill dates from 1874 [${mill}]. Ines Tollan built it.\n\n### References\n- [${mill}] mill.md`,
    )
    expect(statements.map(({ start, end }) => response.slice(start, end))).toEqual([
      `The Barrow mill dates from 1874 [${mill}].`,
      'Ines Tollan built it.',
    ])
    for (const statement of statements) {
      expect(quoted('mill.md', statement)?.[0]).toContain('It was built in 1874 by Ines Tollan.')
    }
    expect(statements.map(({ citations }) => citations.map(({ by }) => by))).toEqual([
      ['marker'],
      ['match'],
    ])
    expect(statements[0]?.citations[0]).toMatchObject({
      reference_id: mill,
      headings: ['Barrow mill'],
      unsupported: false,
      missing: [],
    })
  })

  it('marks what its source does not hold as unsupported', async () => {
    const mill = idOf('mill.md', await ask('Nothing yet.', { user_prompt: 'First.' }))
    const { statements } = await ask(`The mill was built in 1921 by Jonas Reed [${mill}].`, {
      user_prompt: 'Another time.',
    })
    expect(statements?.[0]?.citations[0]).toMatchObject({
      unsupported: true,
      missing: ['1921', 'Jonas', 'Reed'],
    })
  })

  it('tells the same at the end of a stream', async () => {
    const lines = await streamed('The mill was built in 1874 by Ines Tollan.')
    expect(quoted('mill.md', lines.at(-1)?.statements?.[0])).toEqual([
      'It was built in 1874 by Ines Tollan.',
    ])
    expect(lines.slice(0, -1).some((line) => 'statements' in line)).toBe(false)
  })

  it('has no statements where references are not wanted', async () => {
    expect(await ask('A mill.', { include_references: false })).not.toHaveProperty('statements')
  })

  it('is no answer when it says so, kept or new, in one piece or in many', async () => {
    const refusal = 'The documents say nothing of zeppelins. [no-context]'
    for (let times = 0; times < 2; times += 1) {
      const reply = await ask(refusal)
      expect(reply.no_answer).toBe('not_in_passages')
      expect(reply).not.toHaveProperty('statements')
    }
    expect((await streamed(refusal)).at(-1)).toEqual({
      no_answer: 'not_in_passages',
    })
  })
})

describe('rules that answer', () => {
  beforeEach(() => start({ QUERY_LLM_BINDING: 'offline' }))

  it('say that there is no answer, as a state', async () => {
    const { body } = await rest.post<QueryResponse>('/query', { query: 'How do zeppelins brake?' })
    expect(body.no_answer).toBeDefined()
    expect(body.response).toContain('[no-context]')
  })

  it('tell of each sentence where it stands', async () => {
    const { body } = await rest.post<QueryResponse>('/query', QUESTION)
    expect(body).not.toHaveProperty('no_answer')
    const told = body.statements?.flatMap((statement) => quoted('mill.md', statement) ?? [])
    expect(told).toContain('It was built in 1874 by Ines Tollan.')
  })
})
