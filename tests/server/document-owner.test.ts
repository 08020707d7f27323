import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PaginatedDocuments } from '../../src/engine/documents/document-calls.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const PASSWORDS = { ada: 'password of ada', bob: 'password of bob' }

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(
    (['ada', 'bob'] as const).map((username) => ({
      username,
      password: PASSWORDS[username],
      api_key: `key-of-${username}`,
      workspace: 'shared',
    })),
  )
  for (const user of ['ada', 'bob']) {
    const text = {
      method: 'POST',
      headers: { 'x-api-key': `key-of-${user}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: `A note of ${user}.`, file_source: `${user}.txt` }),
    }
    expect((await fetch(`${server.url}/documents/text?wait=60`, text)).status).toBe(200)
    const form = new FormData()
    form.append('file', new Blob([`A file of ${user}.`]), `file-of-${user}.txt`)
    const file = { method: 'POST', headers: { 'x-api-key': `key-of-${user}` }, body: form }
    expect((await fetch(`${server.url}/documents/upload?wait=60`, file)).status).toBe(200)
  }
})
afterAll(() => server.close())

const list = async (user: string, filter: object): Promise<PaginatedDocuments> => {
  const reply = await fetch(`${server.url}/documents/paginated`, {
    method: 'POST',
    headers: { 'x-api-key': `key-of-${user}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sort_field: 'file_path', sort_direction: 'asc', ...filter }),
  })
  expect(reply.status).toBe(200)
  return (await reply.json()) as PaginatedDocuments
}

it('each document tells who sent it', async () => {
  const { documents } = await list('bob', {})
  expect(documents.map((one) => [one.file_path, one.created_by, one.created_by_name])).toEqual([
    ['ada.txt', 'ada', 'ada'],
    ['bob.txt', 'bob', 'bob'],
    ['file-of-ada.txt', 'ada', 'ada'],
    ['file-of-bob.txt', 'bob', 'bob'],
  ])
})

it('`me` is whoever asks', async () => {
  for (const user of ['ada', 'bob']) {
    const { documents, applied } = await list(user, { owner: 'me' })
    expect(documents.map(({ file_path }) => file_path)).toEqual([
      `${user}.txt`,
      `file-of-${user}.txt`,
    ])
    expect(applied.owner).toBe(user)
    const headers = { 'x-api-key': `key-of-${user}` }
    const facets = await fetch(`${server.url}/documents/facets?owner=me&types=txt`, { headers })
    expect(await facets.json()).toMatchObject({
      total_count: 2,
      owners: [{ owner: user, name: user, n: 2 }],
    })
    const retry = await fetch(`${server.url}/documents/retry`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ filter: { owner: 'me' }, dry_run: true }),
    })
    expect(await retry.json()).toMatchObject({ matched: 2, accepted: 0 })
  }
})

it('a filter in an address is refused where it says nothing that can be meant', async () => {
  const headers = { 'x-api-key': 'key-of-ada' }
  for (const query of ['status=lost', 'metadata=x', 'metadata=%5B%5D', 'enabled=perhaps']) {
    const reply = await fetch(`${server.url}/documents/facets?${query}`, { headers })
    expect([query, reply.status]).toEqual([query, 422])
  }
})
