import { readFile } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { DemoError } from './demo-error.ts'

/** The users file that ships with the project. `src/demo` and `dist/demo` lie equally deep. */
export const EXAMPLE_USERS = new URL('../../users.json.example', import.meta.url)

const DemoUser = Type.Object({
  username: Type.String(),
  api_key: Type.String(),
  workspace: Type.String(),
})
export type DemoUser = Static<typeof DemoUser>

const UsersFile = Type.Object({ users: Type.Array(DemoUser) })

/**
 * Reads one company's name, key and workspace from the example users file.
 *
 * @throws {DemoError} `broken_example` when the file has no such user
 */
export async function readDemoUser(username: string): Promise<DemoUser> {
  const content: unknown = JSON.parse(await readFile(EXAMPLE_USERS, 'utf8'))
  const user = Value.Parse(UsersFile, content).users.find((entry) => entry.username === username)
  if (!user) throw new DemoError('broken_example', `users.json.example has no user "${username}"`)
  return user
}
