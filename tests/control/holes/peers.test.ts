import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actorOf, startTwoTenants, type TwoTenants } from './holes-company.ts'

describe('a server with tenants', () => {
  let two: TwoTenants
  beforeAll(async () => {
    two = await startTwoTenants({
      // More than what strangers may send.
      MAX_REQUEST_BODY_BYTES: '20000',
      MAX_UPLOAD_SIZE: '4096',
      TENANT_HOST_SUFFIX: 'rag.example.com',
    })
  })
  afterAll(() => two.server.close())

  it('takes no body beyond its bounds, and of strangers a small one at most', async () => {
    const text = 'x'.repeat(25_000)
    const send = (path: string, body: object) => two.ann.call('POST', path, { body })
    const upload = new FormData()
    upload.append('file', new Blob([text]), 'long.txt')
    for (const [path, answer] of [
      ['/documents/text', await send('/documents/text', { text })],
      ['/documents/upload', await two.ann.call('POST', '/documents/upload', { raw: upload })],
      ['/query', await send('/query', { query: text })],
      ['/api/v1/tenants', await send('/api/v1/tenants', { name: 'n', description: text })],
    ] as const) {
      expect([path, answer.status]).toEqual([path, 413])
    }
    const raw = new URLSearchParams({ username: 'ann', password: 'x'.repeat(18_000) })
    expect((await two.server.by({})('POST', '/login', { raw })).status).toBe(413)
  })

  it('believes no host that a client says it was forwarded for', async () => {
    for (const name of ['techstart', 'nobody']) {
      const host = `${name}.rag.example.com`
      const headers = { 'x-forwarded-host': host, forwarded: `host=${host}` }
      expect((await two.ann.call('GET', '/documents', { headers })).status).toBe(200)
    }
  })

  it('judges by the role of now, not by who has made what', async () => {
    const editor = await two.server.user('edith')
    const { members } = two.server.plane
    const ann = actorOf(two.ann)
    await members.add(ann, two.acme, { user_id: editor.id, role: 'editor' })
    const kb = async (name: string) => {
      const body = { name }
      const made = await editor.call('POST', `/api/v1/tenants/${two.acme}/kbs`, { body })
      expect(made.status).toBe(201)
      return `/api/v1/tenants/${two.acme}/kbs/${made.body.kb_id}`
    }
    const [first, second] = [await kb('drafts'), await kb('papers')]
    await two.insert(editor, 'Edith has written this.')
    const listed = (await editor.call('GET', '/documents')).body
    const body = { doc_ids: [listed.statuses.processed[0].id] }
    const remove = (who: TwoTenants['ann']) =>
      who.call('DELETE', '/documents/delete_document', { body })
    await members.update(ann, two.acme, editor.id, { role: 'viewer' })
    expect((await remove(editor)).status).toBe(403)
    expect((await editor.call('DELETE', first)).status).toBe(403)
    await members.remove(ann, two.acme, editor.id)
    expect((await editor.call('DELETE', first)).status).toBe(404)
    // Nor is it of use elsewhere.
    await members.add(actorOf(two.tom), two.techstart, { user_id: editor.id, role: 'admin' })
    expect((await editor.call('DELETE', first)).status).toBe(404)
    expect((await two.tom.call('DELETE', first)).status).toBe(404)
    expect((await remove(two.ann)).status).toBe(200)
    for (const path of [first, second]) {
      expect((await two.ann.call('DELETE', `${path}?wait=true`)).status).toBe(204)
    }
  })

  it('takes no empty credential for one, and no environment for a reason to ask for none', async () => {
    const empty: Record<string, string>[] = [
      { 'x-api-key': '' },
      { 'x-api-key': ' ' },
      { authorization: '' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer', 'x-api-key': '' },
      { 'x-api-key': 'undefined' },
    ]
    for (const headers of empty) {
      for (const path of ['/documents', '/api/v1/tenants', '/api/v1/tenant/list']) {
        const { status } = await two.server.by(headers)('GET', path)
        expect([headers, path, status]).toEqual([headers, path, 401])
      }
    }
    const root = fileURLToPath(new URL('../../../src', import.meta.url))
    const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(200)
    for (const file of files) {
      expect([file, await readFile(join(root, file), 'utf8')]).toEqual([
        file,
        expect.not.stringContaining('NODE_ENV'),
      ])
    }
  })
})
