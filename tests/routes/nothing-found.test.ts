import { afterEach, describe, expect, it } from 'vitest'
import type { Answerer } from '../../src/engine/ports/models.ts'
import { NOTHING_FOUND } from '../../src/engine/retrieve/no-answer.ts'
import { openEngine, type TestEngine } from '../engine/open-engine.ts'
import { startServer } from './fake-server.ts'
import { RestClient, type TestServer } from './rest-client.ts'

const MODES = ['naive', 'local', 'global', 'hybrid', 'mix']

let engine: TestEngine
let server: TestServer
afterEach(async () => {
  await server.close()
  await engine.close()
})

async function open(answerer?: Answerer): Promise<RestClient> {
  engine = await openEngine(answerer ? { answerer } : {})
  server = await startServer(engine.rag)
  return new RestClient(server)
}

/** The text of an answer by each way of asking. */
async function answersTo(rest: RestClient, query: string, mode: string): Promise<string[]> {
  const messages = [{ role: 'user', content: `/${mode} ${query}` }]
  const whole = await rest.post<{ response: string }>('/query', { query, mode })
  const chat = await rest.post<{ message: { content: string } }>('/api/chat', {
    model: 'x',
    messages,
    stream: false,
  })
  const streams = [
    await rest.post('/query/stream', { query, mode }),
    await rest.post('/query/stream', { query, mode, stream: false }),
    await rest.post('/api/chat', { model: 'x', messages }),
  ]
  const said = streams.map(({ text }) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map((line) => line.response ?? line.message?.content ?? '')
      .join(''),
  )
  return [whole.body.response, chat.body.message.content, ...said]
}

describe('all ways of asking say the same', () => {
  it.each(MODES)('of an empty workspace (%s)', async (mode) => {
    const answers = await answersTo(await open(), 'What about zebras?', mode)
    expect(new Set(answers)).toEqual(new Set([NOTHING_FOUND]))
  })

  it.each(MODES)('when no document speaks of it (%s)', async (mode) => {
    const rest = await open()
    await engine.insert({ texts: ['The pump house opens at six. It has a red door.'] })
    const answers = await answersTo(rest, 'Quantum chromodynamics lattice?', mode)
    expect(new Set(answers)).toEqual(new Set([NOTHING_FOUND]))
  })

  it('when the passages that were found hold no sentence on it', async () => {
    const rest = await open()
    // Its title is found, and no sentence of it is.
    await engine.insert({ texts: ['Opened at six.'], file_sources: ['zeppelin.txt'] })
    const answers = await answersTo(rest, 'Zeppelin?', 'mix')
    expect(new Set(answers).size).toBe(1)
  })

  it('when the model says nothing at all', async () => {
    const rest = await open({
      id: 'silent',
      prompt: () => '',
      async *answer() {
        yield ' '
      },
    })
    await engine.insert({ texts: ['The pump house opens at six.'] })
    const answers = await answersTo(rest, 'When does the pump house open?', 'mix')
    expect(new Set(answers.map((answer) => answer.trim()))).toEqual(
      new Set(['No response generated']),
    )
  })
})
