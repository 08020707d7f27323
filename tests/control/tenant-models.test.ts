import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { type ControlServer, type Person, startControlServer } from './control-server.ts'

const TEXT = 'Marie Curie discovered radium together with Pierre Curie in Paris.'

let models: ModelServer
let server: ControlServer
let owner: Person
beforeEach(async () => {
  models = await startModelServer()
  server = await startControlServer({
    LLM_BINDING: 'openai',
    LLM_BINDING_HOST: models.openAiUrl,
    LLM_BINDING_API_KEY: 'key-of-the-server',
    LLM_MODEL: 'model-of-the-server',
    QUERY_LLM_MODEL: 'model-for-answers',
  })
  owner = await server.user('owner')
  const made = await owner.call('POST', '/api/v1/tenants', { body: { name: 'Acme', slug: 'acme' } })
  expect(made.status).toBe(201)
  for (const slug of ['plain', 'other']) {
    await owner.call('POST', '/api/v1/tenants/acme/kbs', { body: { name: slug, slug } })
  }
})
afterEach(async () => {
  await server.close()
  await models.close()
})

/** Indexes a text and asks a question; what reached the provider meanwhile. */
async function used(kb: string) {
  models.reset()
  const data = `/api/v1/tenants/acme/kbs/${kb}`
  const body = { text: `${TEXT} This is for ${kb}.`, file_source: `${kb}.txt` }
  const { body: sent } = await owner.call('POST', `${data}/documents/text`, { body })
  for (;;) {
    const track = await owner.call('GET', `${data}/documents/track_status/${sent.track_id}`)
    if (track.body.documents[0].status === 'processed') break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await owner.call('POST', `${data}/query`, { body: { query: 'Who discovered radium?' } })
  const calls = models.callsOf('chat')
  return {
    models: [...new Set(calls.map(({ model }) => model))].toSorted(),
    keys: [...new Set(calls.map(({ headers }) => headers.authorization))],
    temperatures: [...new Set(calls.map(({ body: asked }) => asked.temperature))],
  }
}

it('a knowledge base uses its own model, key and temperature, and its neighbour does not', async () => {
  const kb = '/api/v1/tenants/acme/kbs/other'
  const config = { llm_model: 'model-of-acme', llm_temperature: 0.25 }
  expect((await owner.call('PATCH', kb, { body: { config } })).status).toBe(200)
  const own = '/api/v1/tenants/acme/provider-keys/openai'
  const stored = await owner.call('PUT', own, { body: { key: 'key-of-acme', kb: 'other' } })
  expect(stored.status).toBeLessThan(300)
  expect(await used('other')).toEqual({
    models: ['model-of-acme'],
    keys: ['Bearer key-of-acme'],
    temperatures: [0.25],
  })
  expect(await used('plain')).toEqual({
    models: ['model-for-answers', 'model-of-the-server'],
    keys: ['Bearer key-of-the-server'],
    temperatures: [0, undefined],
  })
})

it('what the tenant sets holds for all its knowledge bases, from the next call on', async () => {
  expect((await used('plain')).models).toContain('model-of-the-server')
  const body = { llm_model: 'model-of-acme' }
  const changed = await owner.call('PATCH', '/api/v1/tenants/acme/config', { body })
  expect(changed.status).toBe(200)
  expect((await used('other')).models).toEqual(['model-of-acme'])
})

it.each([
  [{ llm_binding_host: 'http://169.254.169.254/' }, 'PATCH'],
  [{ embedding_binding_host: 'http://localhost/' }, 'PATCH'],
  [{ llm_binding: 'telepathy' }, 'PATCH'],
])('a tenant cannot send the server to another address: %j', async (config, method) => {
  const answer = await owner.call(method, '/api/v1/tenants/acme/config', { body: config })
  expect([400, 422]).toContain(answer.status)
})

it('a provider that the server does not reach is refused in words', async () => {
  const kb = '/api/v1/tenants/acme/kbs/other'
  await owner.call('PATCH', kb, { body: { config: { llm_binding: 'ollama', llm_model: 'm' } } })
  const answer = await owner.call('GET', `${kb}/documents/status_counts`)
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expect(answer.text).toContain('does not reach ollama')
})
