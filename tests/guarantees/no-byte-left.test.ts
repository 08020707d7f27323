import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { CONTROL_CASES, type Scene } from '../control/routes/control-cases.ts'
import { type Answer, send } from '../isolation/http-call.ts'
import { type Call, type Ids, ROUTE_CASES } from '../isolation/route-cases.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { documents, isAlive, settled } from './fault-server.ts'
import { startOnSmallDisk } from './small-disk.ts'

vi.setConfig({ testTimeout: 300_000 })

const KEY = 'the-key-of-the-operator'
const OPERATOR = {
  username: 'operator',
  password: 'correct horse battery',
  api_key: KEY,
  workspace: 'operator-space',
  super_admin: true,
}
const TEXT = 'Ada Lovelace works for Harbour Lane Shipping. Harbour Lane Shipping sells pumps.'
const MANAGEMENT = '/api/v1'

it('answers every route as usual or with 507, and goes on when there is room again', async () => {
  const folder = await tempFolder()
  const usersFile = join(folder.path, 'users.json')
  await writeFile(usersFile, JSON.stringify({ users: [OPERATOR] }))
  const env = { USERS_FILE: usersFile, ENABLE_MULTI_TENANTS: 'true', DISK_RESERVE_MB: '0' }
  const disk = await startOnSmallDisk(folder.path, { megabytes: 32, env })
  const { server } = disk
  const call = (method: string, what: Call) =>
    send(server.url, method, what, { 'x-api-key': KEY, 'x-acting-reason': 'a test' })
  const ask = async (method: string, path: string, body?: unknown) => {
    const { status, text } = await call(method, { path, body })
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  try {
    await ask('POST', '/documents/text', { text: TEXT, file_source: 'ada.txt' })
    await settled(server, KEY)
    const [document] = await documents(server, KEY)
    if (document === undefined) throw new Error('nothing was taken in')
    const chunks = await ask('GET', `/documents/${document.id}/chunks`)
    const ids: Ids = {
      documentId: document.id,
      chunkId: chunks.chunks[0].chunk_id,
      trackId: document.track_id ?? '',
      entity: 'Ada Lovelace',
      otherEntity: 'Harbour Lane Shipping',
      file: 'other.txt',
      text: `${TEXT} ${'Pumps are red. '.repeat(2000)}`,
    }
    const scene = await sceneOf(ask)

    await disk.fill(0)
    const seen = new Map<string, Pick<Answer, 'status' | 'text'>>()
    const refused = await Promise.all(
      [0, 1, 2, 3].map(async (i): Promise<Pick<Answer, 'status' | 'text'>> => {
        const form = new FormData()
        form.append('file', new Blob(['Pumps are red. '.repeat(300_000)]), `large-${i}.txt`)
        const sent = { method: 'POST', body: form, headers: { 'x-api-key': KEY } }
        const reply = await fetch(`${server.url}/documents/upload`, sent)
        return { status: reply.status, text: await reply.text() }
      }),
    )
    for (const [i, answer] of refused.entries()) seen.set(`upload ${i}`, answer)
    for (const [route, { call: of }] of Object.entries(ROUTE_CASES)) {
      seen.set(route, await call(methodOf(route), of(ids)))
    }
    for (const [route, { call: of }] of Object.entries(CONTROL_CASES)) {
      // What is closed cannot be opened again before there is room.
      if (route.endsWith('/evict')) continue
      const { path, body } = await of(scene)
      const what = { path: `${MANAGEMENT}${path}`, body }
      seen.set(route, await call(methodOf(route), what))
    }
    const login = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: OPERATOR.username, password: OPERATOR.password }),
    })
    expect(login.status).toBe(200)

    expect(seen.size).toBeGreaterThan(100)
    const isWrong = ({ status }: { status: number }) =>
      status >= 500 && ![501, 503, 507].includes(status)
    const told = (wanted: (answer: { status: number }) => boolean) =>
      [...seen]
        .filter(([, answer]) => wanted(answer))
        .map(([route, { status, text }]) => [route, status, text])
    expect(told(isWrong)).toEqual([])
    for (const [, , text] of told(({ status }) => status === 507)) {
      expect(text).toMatch(/"detail":.*disk.*full/i)
      expect(text).not.toContain(folder.path)
    }
    expect(told(({ status }) => status === 507).length).toBeGreaterThan(10)
    expect(await isAlive(server)).toBe(true)
    expect((await call('POST', ask10())).status).toBe(200)

    await disk.clear()
    await sleep(100)
    await ask('POST', '/documents/text', { text: `${TEXT} Again.`, file_source: 'again.txt' })
    for (const [, status] of await settled(server, KEY)) expect(status).toBe('processed')
    await ask('POST', `${MANAGEMENT}/tenants`, { name: 'Afterwards' })
    expect(await server.stop()).toBe(0)
  } finally {
    await server.kill()
    await folder.remove()
  }
})

const methodOf = (route: string) => route.split(' ')[0] ?? ''

const ask10 = (): Call => ({
  path: '/query/data',
  body: { query: 'What does Harbour Lane Shipping sell?', mode: 'naive' },
})

/** Made while there is room: on a full disk nothing could be made. */
async function sceneOf(
  ask: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>,
): Promise<Scene> {
  const { tenant_id: tenant } = await ask('POST', `${MANAGEMENT}/tenants`, { name: 'Acme' })
  const base = `${MANAGEMENT}/tenants/${tenant}`
  const user = async (username: string) =>
    String((await ask('POST', `${MANAGEMENT}/admin/users`, { username })).user_id)
  const kb = async (name: string) => String((await ask('POST', `${base}/kbs`, { name })).kb_id)
  const [kept, gone, job] = [await kb('kept'), await kb('gone'), await kb('job')]
  await ask('DELETE', `${base}/kbs/${gone}?wait=true`)
  const deletion = await ask('DELETE', `${base}/kbs/${job}`)
  const [owner, stranger, member] = [
    await user('owner'),
    await user('stranger'),
    await user('member'),
  ]
  await ask('POST', `${base}/members`, { user_id: owner, role: 'owner' })
  await ask('POST', `${base}/members`, { user_id: member })
  const invited = await ask('POST', `${base}/invitations`, { email: 'guest@example.com' })
  const key = await ask('POST', `${base}/api-keys`, { name: 'a key' })
  return {
    tenant: String(tenant),
    ownerId: owner,
    deletionJob: String(deletion.job_id),
    kb: async () => kept,
    deletedKb: async () => gone,
    user: async () => stranger,
    member: async () => member,
    invitation: async () => String(invited.invitation_id),
    apiKey: async () => String(key.key_id),
    openEngine: async () => 'operator-space',
    invite: async () => undefined,
    uninvite: async () => undefined,
    resume: async () => undefined,
  }
}
