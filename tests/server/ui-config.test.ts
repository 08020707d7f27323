import type { Static } from 'typebox'
import { expect, it } from 'vitest'
import type { UiConfigReply } from '../../src/server/ui-config-routes.ts'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

async function configOf(server: TestServer, headers: Record<string, string> = {}) {
  try {
    const reply = await fetch(`${server.url}/ui/config`, { headers })
    expect(reply.status).toBe(200)
    return (await reply.json()) as Static<typeof UiConfigReply>
  } finally {
    await server.close()
  }
}

it('tells a screen that a server without keys needs none', async () => {
  const config = await configOf(await startTestServer(null))
  expect(config).toMatchObject({
    api_base: '',
    auth: { password: false, api_key: false, guest: true, oidc: [] },
    features: { tenants: false, self_service: false, snapshots: false, api_docs: true },
    languages: null,
    default_language: null,
  })
  expect(config.upload.types).toContain('.pdf')
})

it('tells how users sign in, where the API is, and what is offered', async () => {
  const server = await startTestServer(manyUsers(1), {
    LIGHTRAG_API_PREFIX: '/rag',
    MAX_UPLOAD_SIZE: '1234',
    WEBUI_TITLE: 'Pumps',
    WEBUI_LANGUAGES: 'de,en',
    WEBUI_DEFAULT_LANGUAGE: 'de',
  })
  expect(await configOf(server)).toMatchObject({
    api_base: '/rag',
    title: 'Pumps',
    auth: { password: true, api_key: true, guest: false },
    upload: { max_bytes: 1234 },
    languages: ['de', 'en'],
    default_language: 'de',
  })
})

it('tells of tenants where they are kept, and of nobody who is in one', async () => {
  const server = await startTestServer(manyUsers(1), {
    ENABLE_MULTI_TENANTS: 'true',
    TENANT_SELF_SERVICE: 'true',
  })
  const config = await configOf(server, { 'x-api-key': 'a wrong key' })
  expect(config.features).toMatchObject({ tenants: true, self_service: true, snapshots: true })
  expect(JSON.stringify(config)).not.toContain('user-0')
})
