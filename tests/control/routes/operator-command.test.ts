import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { operatorCommand } from '../../../src/commands/operator.ts'
import { startTestServer, type TestServer } from '../../server/test-server.ts'

const PASSWORD = 'a long password'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer(null, { ENABLE_MULTI_TENANTS: 'true' })
})
afterEach(() => server.close())

async function addOperator(name: string, password: string) {
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
  await new Command().addCommand(command).parseAsync(['operator', 'add', name], { from: 'user' })
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
  // An operator reaches no data by being one; here the tenant is his own.
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
