import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import {
  type Account,
  type Answer,
  askedOf,
  type Management,
  startManagement,
} from './management.ts'

const TEXT = 'Clara Whitfield surveyed the coast near Port Alder for the harbour office.'
const QUESTION = { query: 'Who surveyed the coast?', ll_keywords: ['coast'], mode: 'naive' }

let provider: ModelServer
let management: Management
let owner: Account
let editor: Account
let viewer: Account
let tenant: string
let created: Answer
let kb: Answer
const added: Answer[] = []
const at = (headers: Readonly<Record<string, string>>) => ({
  ...headers,
  'x-tenant-id': tenant,
  'x-kb-id': 'manuals',
})

beforeAll(async () => {
  provider = await startModelServer()
  management = await startManagement({ TENANT_SELF_SERVICE: 'true', ...askedOf(provider) })
  owner = await management.addUser('acme-owner')
  editor = await management.addUser('acme-editor')
  viewer = await management.addUser('acme-viewer')
  const body = { name: 'Acme Corporation', description: 'Pumps', metadata: { industry: 'tech' } }
  created = await management.call(owner.headers, 'POST', '/api/v1/tenants', body)
  tenant = String(created.body.tenant_id)
  const base = `/api/v1/tenants/${tenant}`
  const manuals = { name: 'Manuals', description: 'Of pumps' }
  kb = await management.call(owner.headers, 'POST', `${base}/kbs`, manuals)
  for (const [account, role] of [
    [editor, { role: 'editor' }],
    [viewer, {}],
  ] as const) {
    const member = { user_id: account.id, ...role }
    added.push(await management.call(owner.headers, 'POST', `${base}/members`, member))
  }
})
afterAll(async () => {
  await management?.close()
  await provider?.close()
})

describe('the complete set-up of a tenant', () => {
  it('creates a tenant, whose creator owns it', () => {
    expect(created.status).toBe(201)
    expect(created.headers.get('etag')).toBe('"1"')
    expect(created.body).toMatchObject({
      name: 'Acme Corporation',
      description: 'Pumps',
      metadata: { industry: 'tech' },
      role: 'owner',
      num_knowledge_bases: 1,
    })
  })

  it('creates a knowledge base', () => {
    expect(kb.status).toBe(201)
    const shown = { name: 'Manuals', description: 'Of pumps', tenant_id: tenant, slug: 'manuals' }
    expect(kb.body).toMatchObject(shown)
  })

  it('adds an editor and a viewer', () => {
    expect(added.map(({ status, body }) => [status, body.role])).toEqual([
      [201, 'editor'],
      [201, 'viewer'],
    ])
  })

  it('lets the editor upload, by headers and by path alike', async () => {
    await management.insert(at(editor.headers), TEXT)
    const prefix = `/api/v1/tenants/${tenant}/kbs/manuals`
    await management.insert(editor.headers, `${TEXT} It rained.`, prefix)
    const path = `${prefix}/documents/status_counts`
    const { status_counts } = await management.ask(viewer.headers, 'GET', path)
    expect(status_counts).toMatchObject({ all: 2, processed: 2 })
    const elsewhere = `/api/v1/tenants/${tenant}/kbs/default/documents/status_counts`
    const others = await management.ask(viewer.headers, 'GET', elsewhere)
    expect(others.status_counts).toMatchObject({ all: 0 })
  })

  it('answers the viewer, and refuses them the upload', async () => {
    const answer = await management.ask(at(viewer.headers), 'POST', '/query', QUESTION)
    expect(answer.response).toEqual(expect.any(String))
    const upload = { text: 'Something of my own.' }
    const refused = await management.call(at(viewer.headers), 'POST', '/documents/text', upload)
    expect(refused.status).toBe(403)
    expect(refused.body.error).toMatchObject({ code: 'permission_denied' })
  })

  it('ends the open stream and the next request of an editor who is removed', async () => {
    provider.hold()
    const { server } = management
    const headers = { ...at(editor.headers), 'content-type': 'application/json' }
    const body = JSON.stringify(QUESTION)
    const stream = await fetch(`${server.url}/query/stream`, { method: 'POST', headers, body })
    expect(stream.status).toBe(200)
    const path = `/api/v1/tenants/${tenant}/members/${editor.id}`
    const removed = await management.call(owner.headers, 'DELETE', path)
    expect(removed.status).toBe(204)
    const lines = (await stream.text()).trim().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ error: expect.stringMatching(/ended/) })
    provider.release()
    const next = await management.call(at(editor.headers), 'POST', '/query', QUESTION)
    expect(next.status).toBe(403)
    expect(next.text).not.toContain('acme')
    const again = await management.call(editor.headers, 'GET', `/api/v1/tenants/${tenant}`)
    expect(again.status).toBe(404)
  })

  it('adds, changes and removes an editor by their address, as an operator may', async () => {
    const { ask, operator, addUser, call } = management
    const other = await addUser('acme-other')
    const members = `/api/v1/tenants/${tenant}/members`
    const body = { user_id: 'acme-other@example.com', role: 'editor' }
    const added = await ask(operator, 'POST', members, body)
    expect(added).toMatchObject({ user_id: other.id, role: 'editor', status: 'active' })
    await management.insert(at(other.headers), 'The crane of Port Alder was built by the office.')
    const one = `${members}/acme-other@example.com`
    expect(await ask(operator, 'PUT', one, { role: 'viewer' })).toMatchObject({ role: 'viewer' })
    expect((await call(operator, 'DELETE', one)).status).toBe(204)
    expect((await call(at(other.headers), 'GET', '/documents')).status).toBe(403)
  })

  it('adds an editor whom an owner names by their address once they agree', async () => {
    const { ask, call } = management
    const other = await management.addUser('acme-third')
    const body = { user_id: 'acme-third@example.com', role: 'editor' }
    const path = `/api/v1/tenants/${tenant}/members`
    const added = await call(owner.headers, 'POST', path, body)
    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({ ...body, status: 'invited' })
    expect((await call(at(other.headers), 'GET', '/documents')).status).toBe(403)
    const accept = `/api/v1/users/me/invitations/${added.body.invitation_id}/accept`
    await ask(other.headers, 'POST', accept)
    expect((await call(at(other.headers), 'GET', '/documents')).status).toBe(200)
  })
})
