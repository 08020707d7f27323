import type { Attack, AttackKind, Play } from '../attack.ts'
import { type Caller, readObject } from '../caller.ts'

const TENANT = '/api/v1/tenants/evil'

/** The operator's key makes a tenant and an editor of it, as whom the attack goes on. */
const asMember = (
  name: string,
  role: 'owner' | 'editor',
  make: (caller: Caller) => Play | Promise<Play>,
): Attack => ({
  name,
  by: 'member',
  ready: async (operator) => {
    const password = 'a-password-of-mallory'
    const { text } = await operator.post('/api/v1/admin/users', { username: 'mallory', password })
    const { user_id } = readObject(text)
    await operator.post('/api/v1/tenants', { name: 'Evil', slug: 'evil' })
    await operator.post(`${TENANT}/members`, { user_id, role })
    const answer = await operator.bare('POST', '/login', `username=mallory&password=${password}`, {
      'content-type': 'application/x-www-form-urlencoded',
    })
    const { access_token } = readObject(answer.text)
    return make(operator.as({ authorization: `Bearer ${access_token}`, 'x-tenant-id': 'evil' }))
  },
})

/** Tenants that are hard on the database of all tenants. */
export const management: AttackKind = {
  kind: 'management',
  attacks: [
    asMember('knowledge-base-with-40-MB', 'editor', (caller) => {
      const body = Buffer.from(`{"name":"big","metadata":{"a":"${'x'.repeat(40_000_000)}"}}`)
      return async () => {
        await caller.post(`${TENANT}/kbs`, body)
      }
    }),
    asMember('knowledge-bases-made-and-listed', 'editor', (caller) => async (turn) => {
      const metadata = { note: 'x'.repeat(16_000) }
      await caller.post(`${TENANT}/kbs`, { name: `kb ${turn}`, metadata })
      await caller.get(`${TENANT}/kbs?page_size=100`)
      await caller.get(`${TENANT}/kbs?page=1000000&page_size=100&search=${'%25_'.repeat(80)}`)
    }),
    asMember('snapshots-by-the-thousand', 'editor', (caller) => async (turn) => {
      const state = { turn, note: 'x'.repeat(16_000) }
      await caller.post('/api/v1/snapshots', { route: '/query', state })
      await caller.get('/api/v1/snapshots')
    }),
    asMember('keys-and-invitations', 'owner', (caller) => async (turn) => {
      await caller.post(`${TENANT}/api-keys`, { name: `key ${turn}`, role: 'viewer' })
      await caller.post(`${TENANT}/invitations`, { email: `a${turn}@example.com`, role: 'viewer' })
      await caller.get(`${TENANT}/api-keys?page_size=100`)
      await caller.get(`${TENANT}/invitations?page_size=100`)
    }),
    asMember('audit-exported', 'owner', (caller) => async (turn) => {
      await caller.call('PATCH', TENANT, { description: `${turn} ${'x'.repeat(9000)}` })
      await caller.get(`${TENANT}/audit/export`)
      await caller.get(`${TENANT}/usage?group_by=day,kb,actor,model,step`)
    }),
    asMember('configuration-in-a-loop', 'owner', (caller) => async (turn) => {
      const config = { top_k: 1 + (turn % 1000), chunk_size: 16 + (turn % 900) }
      await caller.call('PATCH', `${TENANT}/config`, config)
      await caller.post('/query/data', { query: `Who is it ${turn}?` })
    }),
  ],
}
