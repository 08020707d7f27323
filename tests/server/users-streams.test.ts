import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const entry = (name: string, more: object = {}) => ({
  username: name,
  password: 'a plain password',
  api_key: `key-of-${name}`,
  workspace: 'acme',
  ...more,
})
const STAYS = entry('stays')

/** The whole answer to a question that is streamed. */
async function askedBy(server: TestServer, name: string): Promise<string> {
  const answer = await fetch(`${server.url}/query/stream`, {
    method: 'POST',
    headers: { 'x-api-key': `key-of-${name}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'Who surveyed the coast?', mode: 'bypass' }),
  })
  return answer.text()
}

it('ends the open streams of who was taken out of the users file, or moved, and of nobody else', async () => {
  const provider = await startModelServer()
  const server = await startTestServer([STAYS, entry('goes'), entry('moves')], {
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: provider.openAiUrl,
    LLM_BINDING_API_KEY: 'key-of-the-provider',
    LLM_MODEL: 'some-model',
  })
  try {
    provider.hold()
    const [stays, goes, moves] = ['stays', 'goes', 'moves'].map((name) => askedBy(server, name))
    await provider.until(({ running }) => running === 3)
    const moved = entry('moves', { workspace: 'techstart' })
    await writeFile(server.usersFile, JSON.stringify({ users: [STAYS, moved] }))
    for (const ended of [goes, moves]) expect(await ended).toMatch(/access .* ended/)
    provider.release()
    expect(await stays).not.toMatch(/ended/)
  } finally {
    provider.release()
    await server.close()
    await provider.close()
  }
}, 30_000)
