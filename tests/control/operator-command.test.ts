import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { operatorCommand } from '../../src/commands/operator/operator.ts'
import { startTestServer, type TestServer } from '../server/test-server.ts'

const PASSWORD = 'a long password'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer(null, { ENABLE_MULTI_TENANTS: 'true' })
})
afterEach(() => server.close())

function addOperator(name: string, password: string, ...options: string[]) {
  return run(password, 'add', name, ...options)
}

async function run(password: string, ...words: string[]) {
  const printed: string[] = []
  let exitCode = 0
  const command = operatorCommand({
    env: () => ({ WORKING_DIR: join(server.folder, 'rag_storage') }),
    print: (line) => printed.push(line),
    readInput: async () => `${password}\n`,
    setExitCode: (code) => {
      exitCode = code
    },
  })
  await new Command().addCommand(command).parseAsync(['operator', ...words], { from: 'user' })
  return { printed, exitCode }
}

async function signIn(username: string): Promise<Response> {
  const body = new URLSearchParams({ username, password: PASSWORD })
  return fetch(`${server.url}/login`, { method: 'POST', body })
}

it('adds the first operator of a server without a users file, while it runs', async () => {
  expect((await signIn('root')).status).toBe(401)
  expect(await addOperator('root', PASSWORD)).toMatchObject({ exitCode: 0 })
  const { access_token } = (await (await signIn('root')).json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ name: 'Acme' })
  const created = await fetch(`${server.url}/api/v1/tenants`, { method: 'POST', headers, body })
  expect(created.status).toBe(201)
  // An operator reaches no data by being one; here the tenant is their own.
  expect((await fetch(`${server.url}/documents`, { headers })).status).toBe(200)
})

it('says what is wrong with a name or a password', async () => {
  expect(await addOperator('root', 'short')).toMatchObject({
    exitCode: 1,
    printed: [expect.stringMatching(/8 to 72 bytes/)],
  })
  expect((await signIn('root')).status).toBe(401)
  await addOperator('root', PASSWORD)
  expect(await addOperator('Root', PASSWORD)).toMatchObject({
    exitCode: 1,
    printed: [expect.stringMatching(/in use/)],
  })
})

it('lists, disables and enables operators, and gives them passwords', async () => {
  await addOperator('root', PASSWORD)
  await addOperator('second', PASSWORD)
  expect((await run('', 'list')).printed).toEqual([
    'root  active, has a password, no key',
    'second  active, has a password, no key',
    expect.stringContaining('users file'),
  ])
  await run('', 'disable', 'second')
  expect((await run('', 'list')).printed[1]).toBe('second  disabled, has a password, no key')
  expect((await signIn('second')).status).toBe(401)
  await run('', 'enable', 'second')
  expect((await signIn('second')).status).toBe(200)
  await run('another long password', 'set-password', 'second')
  expect((await signIn('second')).status).toBe(401)
  await expect(run('', 'disable', 'nobody')).rejects.toThrow(/no user "nobody".*operator list/)
})

it('changes nobody who is no operator', async () => {
  await addOperator('root', PASSWORD)
  const { access_token } = (await (await signIn('root')).json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ username: 'ann', password: PASSWORD })
  await fetch(`${server.url}/api/v1/admin/users`, { method: 'POST', headers, body })
  for (const words of [
    ['disable', 'ann'],
    ['set-password', 'ann'],
    ['rotate-key', 'ann'],
  ]) {
    await expect(run(PASSWORD, ...words)).rejects.toThrow(/"ann" is a user and no operator/)
  }
  expect((await signIn('ann')).status).toBe(200)
})

it('gives an operator a key, which ends with its rotation, with their account, and with their right', async () => {
  const health = async (key: string) => {
    const answer = await fetch(`${server.url}/health`, { headers: { 'x-api-key': key } })
    return { status: answer.status, server: ((await answer.json()) as { server?: object }).server }
  }
  const { printed } = await addOperator('root', PASSWORD, '--key')
  const first = printed.at(-1) ?? ''
  expect(first).toMatch(/^tro_/)
  expect(await health(first)).toMatchObject({ status: 200, server: expect.anything() })
  const made = await fetch(`${server.url}/api/v1/admin/users`, { headers: { 'x-api-key': first } })
  expect(made.status).toBe(200)
  const second = (await run('', 'rotate-key', 'root')).printed.at(-1) ?? ''
  expect((await health(first)).status).toBe(401)
  const third = (await run('', 'rotate-key', 'root', '--keep-old')).printed.at(-1) ?? ''
  for (const key of [second, third]) expect((await health(key)).status).toBe(200)
  expect((await run('', 'list')).printed[0]).toMatch(/keys tro_\S{7}…, tro_\S{7}…$/)
  await run('', 'disable', 'root')
  expect((await health(second)).status).toBe(401)
  await run('', 'enable', 'root')
  expect((await health(second)).status).toBe(200)
  await run('', 'revoke-keys', 'root')
  for (const key of [second, third]) expect((await health(key)).status).toBe(401)
  const files = await readdir(join(server.folder, 'rag_storage/_control'))
  for (const file of files.filter((name) => name.startsWith('control.db'))) {
    const bytes = await readFile(join(server.folder, 'rag_storage/_control', file))
    expect(bytes.includes(second)).toBe(false)
  }
})
