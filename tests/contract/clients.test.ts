import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Ollama } from 'ollama'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RestClient } from '../routes/rest-client.ts'
import { startTestServer, type TestServer } from '../server/test-server.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const KEY = 'acme-demo-key'
const QUESTION = 'Who keeps the lighthouse of Port Alder?'

describe('clients that were written for others', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer([
      { username: 'acme', password: 'acme-demo-password', api_key: KEY, workspace: 'acme' },
    ])
    const rest = new RestClient({
      baseUrl: server.url,
      headers: { 'x-api-key': KEY },
      close: server.close,
    })
    const { body } = await rest.post<{ track_id: string }>('/documents/text', {
      text: 'Clara Whitfield keeps the lighthouse of Port Alder.',
      file_source: 'lighthouse.txt',
    })
    await rest.settled(body.track_id)
    // One of the commands of the documentation renames it.
    await rest.post('/graph/entity/create', { entity_name: 'Pump House', entity_data: {} })
  })
  afterAll(() => server.close())

  const ollama = (key = KEY) =>
    new Ollama({ host: server.url, headers: { Authorization: `Bearer ${key}` } })
  const messages = [{ role: 'user', content: `/mix ${QUESTION}` }]

  it('Ollama’s own finds the model', async () => {
    const { models } = await ollama().list()
    expect(models.map(({ name }) => name)).toEqual(['lightrag:latest'])
    expect((await ollama().ps()).models[0]?.name).toBe('lightrag:latest')
    expect(await ollama().version()).toEqual({ version: '0.9.3' })
  })

  it('Ollama’s own chats, whole and in pieces', async () => {
    const whole = await ollama().chat({ model: 'lightrag', messages })
    expect(whole.message.content).toContain('Clara Whitfield')
    expect(whole.eval_count).toBeGreaterThan(0)
    let text = ''
    let done = 0
    const stream = await ollama().chat({ model: 'lightrag', messages, stream: true })
    for await (const part of stream) {
      text += part.message.content
      if (part.done) done++
    }
    expect(text).toContain('Clara Whitfield')
    expect(done).toBe(1)
  })

  it('Ollama’s own completes a prompt, whole and in pieces', async () => {
    const whole = await ollama().generate({ model: 'lightrag', prompt: 'Say something.' })
    expect(whole.response).toMatch(/\S/)
    expect(whole.done).toBe(true)
    let text = ''
    for await (const part of await ollama().generate({
      model: 'lightrag',
      prompt: 'Say something.',
      stream: true,
    })) {
      text += part.response
    }
    expect(text).toBe(whole.response)
  })

  it('Ollama’s own is refused without a good key', async () => {
    await expect(ollama('wrong').list()).rejects.toMatchObject({ status_code: 401 })
    await expect(ollama('wrong').chat({ model: 'lightrag', messages })).rejects.toMatchObject({
      status_code: 401,
    })
  })

  it('a Python script inserts, waits and asks', async () => {
    const script = fileURLToPath(new URL('rest_client.py', import.meta.url))
    const { stdout } = await run('python3', [script, server.url, KEY])
    expect(JSON.parse(stdout)).toEqual({
      inserted: 'success',
      states: ['processed'],
      answer: expect.stringContaining('Clara Whitfield'),
      files: expect.arrayContaining(['port.txt']),
      streamed: expect.stringContaining('Clara Whitfield'),
      first_line: ['references'],
      refusal: [401, expect.any(String)],
    })
  })

  it('curl gets an answer from every command of docs/api.md', async () => {
    const page = await readFile(`${ROOT}docs/api.md`, 'utf8')
    const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block)
    const commands = blocks.join('\n').replace(/^url=.*$/m, `url=${server.url}`)
    expect(commands.match(/curl /g)?.length).toBeGreaterThanOrEqual(4)
    const { stdout } = await run(
      'bash',
      [
        '-euo',
        'pipefail',
        '-c',
        `curl() { command curl -sS --fail-with-body "$@"; echo; }\n${commands}`,
      ],
      { cwd: ROOT },
    )
    const replies = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    expect(replies.slice(0, 2).map(({ status }) => status)).toEqual(['success', 'success'])
    expect(replies.some(({ response }) => typeof response === 'string')).toBe(true)
    expect(replies.at(-1)).toMatchObject({ done: true, model: 'lightrag:latest' })
  })
})
