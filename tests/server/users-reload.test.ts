import { rename, rm, truncate, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { startTestServer, type TestServer, type UserEntry } from './test-server.ts'

const RELOADS = Number(process.env.RELOADS ?? 60)
const CLIENTS = 4

const stays = { username: 'stays', api_key: 'key-that-stays', workspace: 'acme' }
const comesAndGoes = { username: 'goes', api_key: 'key-that-goes', workspace: 'techstart' }
const entry = (user: object) => ({ password: 'a plain password', ...user }) as UserEntry
const textOf = (...users: object[]) => JSON.stringify({ users: users.map(entry) })

/** Ways in which a users file changes, each leaving it in a state of its own. */
const CHANGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'written in place, with one user more': (path) => writeFile(path, textOf(stays, comesAndGoes)),
  'broken by a bad field': (path) => writeFile(path, textOf({ ...stays, role: 'king' })),
  'replaced by rename, with one user less': (path) => replace(path, textOf(stays)),
  'half written': (path) => writeFile(path, textOf(stays, comesAndGoes).slice(0, -20)),
  'replaced by rename, with one user more': (path) => replace(path, textOf(stays, comesAndGoes)),
  emptied: (path) => truncate(path),
  'made to name no users': (path) => writeFile(path, '{"users":{}}'),
  deleted: (path) => rm(path),
  'back with one user less': (path) => writeFile(path, textOf(stays)),
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

async function statusOf(server: TestServer, headers: Record<string, string>): Promise<number> {
  const response = await fetch(`${server.url}/documents/status_counts`, { headers })
  await response.arrayBuffer()
  return response.status
}

it(
  `drops no request and opens nothing while the users file changes ${RELOADS} times`,
  async () => {
    const server = await startTestServer([entry(stays), entry(comesAndGoes)])
    const answered = new Map<string, number>()
    let changing = true
    const ask = async (who: string, headers: Record<string, string>) => {
      const outcome = `${who}: ${await statusOf(server, headers)}`
      answered.set(outcome, (answered.get(outcome) ?? 0) + 1)
    }
    const client = async () => {
      while (changing) {
        await ask('stays', { 'x-api-key': stays.api_key })
        await ask('stays, elsewhere', {
          'x-api-key': stays.api_key,
          'lightrag-workspace': comesAndGoes.workspace,
        })
        await ask('nobody', {})
        await ask('a stranger', { 'x-api-key': 'key-of-a-stranger' })
      }
    }
    try {
      const clients = Array.from({ length: CLIENTS }, client)
      const names = Object.keys(CHANGES)
      for (let done = 0; done < RELOADS; done += 1) {
        const name = names[done % names.length] ?? ''
        await CHANGES[name]?.(server.usersFile)
        const comes = name.endsWith('one user more')
        if (!comes && !name.endsWith('one user less')) continue
        // A good version holds soon; a bad one changes nothing, so there is nothing to await.
        const status = comes ? 200 : 401
        while ((await statusOf(server, { 'x-api-key': comesAndGoes.api_key })) !== status) {
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      changing = false
      await Promise.all(clients)
      expect([...answered.keys()].sort()).toEqual([
        'a stranger: 401',
        'nobody: 401',
        'stays, elsewhere: 403',
        'stays: 200',
      ])
      console.log(`${RELOADS} changes under ${sum(answered.values())} requests`)
    } finally {
      changing = false
      await server.close()
    }
  },
  180_000 + RELOADS * 2000,
)

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0)
}
