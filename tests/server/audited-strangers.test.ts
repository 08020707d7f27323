import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { startServer } from '../../src/main.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'
import { manyUsers } from './test-server.ts'

const GUESSES = [
  { url: '/documents' },
  { url: '/documents', headers: { 'x-api-key': 'guessed' } },
  { url: '/documents', headers: { authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln' } },
  {
    method: 'POST' as const,
    url: '/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'username=user-1&password=guessed',
  },
]
const ROUNDS = 300

it('a stranger pushes nothing out of the audit, however often it is refused', async () => {
  const folder = await tempFolder()
  onTestFinished(() => folder.remove())
  const usersFile = join(folder.path, 'users.json')
  await writeFile(usersFile, JSON.stringify({ users: manyUsers(2) }))
  const storage = join(folder.path, 'rag_storage')
  const server = await startServer(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: storage,
      INPUT_DIR: join(folder.path, 'inputs'),
      LOG_LEVEL: 'fatal',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      USERS_FILE: usersFile,
      ...TEST_HOSTS,
    }),
  )
  const headers = { 'x-api-key': 'key-of-user-0', 'lightrag-workspace': 'space-1' }
  expect((await server.app.inject({ url: '/documents', headers })).statusCode).toBe(403)
  for (let i = 0; i < ROUNDS; i += 1) {
    for (const guess of GUESSES) await server.app.inject(guess)
  }
  await server.close()
  const text = await readFile(join(storage, '_control', 'audit.log'), 'utf8')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; count?: number })
  expect(lines.length).toBeLessThan(16)
  expect(lines.filter(({ event }) => event === 'cross_workspace')).toHaveLength(1)
  const strangers = lines.filter(({ event }) => /refused|sign_in/.test(event))
  const told = strangers.reduce((sum, { count = 1 }) => sum + count, 0)
  expect(told).toBe(ROUNDS * GUESSES.length)
})
