/**
 * Sets a tenant up from nothing, as complete-setup.sh does, with the services instead of their routes.
 *
 * usage: node complete-setup.js FOLDER    (FOLDER: where the server keeps everything)
 */
import { join } from 'node:path'
import { type Actor, OPERATOR, type UserInfo } from 'tenantrag/control'
import { loadConfig, startServer } from 'tenantrag/server'

const folder = process.argv[2] ?? './complete-setup'
const password = 'a long demo password'

const server = await startServer(
  loadConfig({
    PORT: '0',
    ENABLE_MULTI_TENANTS: 'true',
    WORKING_DIR: join(folder, 'rag_storage'),
    INPUT_DIR: join(folder, 'inputs'),
    LOG_LEVEL: 'warn',
  }),
)
const { control } = server
if (control === undefined) throw new Error('tenants are not switched on')

const actorFor = ({ user_id: id }: UserInfo): Actor => ({ id, userId: id, superAdmin: false })

// An operator creates three users,
const create = (username: string) => control.users.create(OPERATOR, { username, password })
const [ann, bea, cal] = [await create('ann'), await create('bea'), await create('cal')]
// and a tenant that belongs to ann, with a small plan.
await control.tenants.create(OPERATOR, {
  name: 'Acme Corporation',
  slug: 'acme',
  owner: ann.user_id,
  description: 'Makes pumps',
  metadata: { industry: 'technology' },
  quota: { max_documents: 5000, max_concurrent_queries: 5 },
})

// Ann chooses how it searches, creates a knowledge base, and adds an editor and a viewer.
const asAnn = actorFor(ann)
await control.tenants.update(asAnn, 'acme', { config: { top_k: 50, chunk_size: 800 } })
await control.kbs.create(asAnn, 'acme', { name: 'Manuals', description: 'Of our pumps' })
await control.members.add(asAnn, 'acme', { user_id: bea.user_id, role: 'editor' })
await control.members.add(asAnn, 'acme', { user_id: cal.user_id, role: 'viewer' })

// The data is reached over HTTP, where the server admits each caller.
const manuals = '/api/v1/tenants/acme/kbs/manuals'

async function signIn(username: string): Promise<Record<string, string>> {
  const body = new URLSearchParams({ username, password })
  const answer = await fetch(`${server.url}/login`, { method: 'POST', body })
  const { access_token } = (await answer.json()) as { access_token: string }
  return { authorization: `Bearer ${access_token}` }
}

function post(path: string, who: Record<string, string>, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { ...who, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** Prints the answer, or the status of what was refused. */
async function show(step: string, answer: Response): Promise<void> {
  const { response } = (await answer.json()) as { response?: string }
  console.log(`${step}: ${response ?? answer.status}`)
}

const [beasToken, calsToken] = [await signIn('bea'), await signIn('cal')]
const document = { text: 'The pump house of Acme opens at six.', file_source: 'hours.txt' }
const inserted = await post(`${manuals}/documents/text`, beasToken, document)
const { track_id } = (await inserted.json()) as { track_id: string }
for (let processed = false; !processed; ) {
  await new Promise((resolve) => setTimeout(resolve, 100))
  const track = `${server.url}${manuals}/documents/track_status/${track_id}`
  processed = (await (await fetch(track, { headers: beasToken })).text()).includes('"processed"')
}

const question = { query: 'When does the pump house open?' }
await show('cal, the viewer, asks', await post(`${manuals}/query`, calsToken, question))
await show('cal uploads', await post(`${manuals}/documents/text`, calsToken, document))

// A key for a program, which names the place in headers instead of the path.
const issued = await control.apiKeys.create(asAnn, 'acme', {
  name: 'website',
  role: 'viewer:read-only',
  kb_ids: ['manuals'],
  rate: 60,
})
const program = { 'x-api-key': issued.key, 'x-tenant-id': 'acme', 'x-kb-id': 'manuals' }
await show('the program asks', await post('/query', program, question))

// The editor is removed, and refused from the very next request on.
await control.members.remove(asAnn, 'acme', 'bea')
await show('bea, removed, asks', await post(`${manuals}/query`, beasToken, question))

// What the tenant uses, and what was done.
const { used } = await control.quotas.state(asAnn, 'acme')
const { items } = await control.acts.list(asAnn, 'acme', {})
console.log(`documents: ${used.documents}`)
console.log(`acts: ${items.map(({ action }) => action).join(' ')}`)
await server.close()
