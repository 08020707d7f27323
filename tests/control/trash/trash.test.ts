import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { restore } from '../../../src/commands/workspace/workspace-restore.ts'
import { listTrash } from '../../../src/commands/workspace/workspace-trash-list.ts'
import { type Account, type Management, startManagement } from '../management.ts'

let management: Management
let ann: Account
let tom: Account

beforeAll(async () => {
  management = await startManagement({ TENANT_SELF_SERVICE: 'true' })
  const { ask, addUser, insert } = management
  ann = await addUser('ann')
  tom = await addUser('tom')
  await ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
  await ask(tom.headers, 'POST', '/api/v1/tenants', { name: 'Techstart' })
  await ask(ann.headers, 'POST', '/api/v1/tenants/acme/kbs', { name: 'Manuals' })
  await insert({ ...ann.headers, 'x-kb-id': 'manuals' }, 'Clara surveyed Port Alder.')
  await ask(ann.headers, 'DELETE', '/api/v1/tenants/acme/kbs/manuals?wait=true')
  await ask(tom.headers, 'DELETE', '/api/v1/tenants/techstart?confirm=techstart&wait=true')
}, 60_000)
afterAll(() => management?.close())

const trashOf = async (who: Readonly<Record<string, string>>, path: string) =>
  (await management.ask(who, 'GET', path)).items as Record<string, unknown>[]
const context = (print: (line: string) => void) => ({
  env: () => ({
    WORKING_DIR: join(management.server.folder, 'rag_storage'),
    INPUT_DIR: join(management.server.folder, 'inputs'),
  }),
  print,
  readInput: async () => '',
  setExitCode: () => undefined,
})
const command = async (json: boolean) => {
  const printed: string[] = []
  await listTrash(
    context((line) => printed.push(line)),
    { json },
  )
  return printed.join('\n')
}

it('shows operators all that was deleted, and a tenant what it can take back', async () => {
  const all = await trashOf(management.operator, '/api/v1/admin/trash')
  expect(all).toMatchObject([
    { tenant_slug: 'techstart', kb_slug: null, step: 'trashed', can_be_restored: true },
    { tenant_slug: 'acme', kb_slug: 'manuals', step: 'trashed', deleted_by: ann.id },
  ])
  const own = await trashOf(ann.headers, '/api/v1/tenants/acme/trash')
  expect(own).toMatchObject([{ kb_slug: 'manuals', job_id: all[1]?.job_id }])
  const foreign = await management.call(tom.headers, 'GET', '/api/v1/tenants/acme/trash')
  expect(foreign.status).toBe(404)
})

it('shows on the command line what has files there, and to whom it belonged', async () => {
  const [, kb] = await trashOf(management.operator, '/api/v1/admin/trash')
  const [only, ...more] = JSON.parse(await command(true))
  expect(more).toEqual([])
  expect(only).toMatchObject({
    workspace: 'acme__manuals',
    job_id: kb?.job_id,
    tenant: 'acme',
    step: 'trashed',
    purge_after: kb?.purge_after,
  })
  expect(only.bytes).toBeGreaterThan(100_000)
  expect(await command(false)).toMatch(
    /^acme__manuals {2}\S+ \wB {2}job_\w+ of acme, trashed, purged after/,
  )
})

it('is not emptied past the server by the command that puts workspaces back', async () => {
  const before = await command(true)
  await expect(
    restore(
      context(() => undefined),
      'acme__manuals',
    ),
  ).rejects.toThrow(/deletion job_\w+ of the tenant acme\. Its server restores it: POST/)
  expect(await command(true)).toBe(before)
})

it('shows nothing of what was taken back', async () => {
  await management.ask(ann.headers, 'POST', '/api/v1/tenants/acme/kbs/manuals/restore')
  expect(await trashOf(ann.headers, '/api/v1/tenants/acme/trash')).toEqual([])
  expect(await command(false)).toBe('The trash is empty.')
})
