import { rename, writeFile } from 'node:fs/promises'
import { hashSync } from 'bcryptjs'
import { onTestFinished } from 'vitest'
import { UsersFile, type UsersFileEvent } from '../../src/tenancy/users/users-file.ts'

export const ACME_KEY = 'acme-key-0123456789'
export const TECHSTART_KEY = 'techstart-key-0123456789'

export const acmeUser = {
  username: 'ann@acme',
  password: hashSync('correct horse', 4),
  api_key: ACME_KEY,
  workspace: 'acme',
}
export const techstartUser = {
  username: 'tom@techstart',
  password: hashSync('battery staple', 4),
  api_key: TECHSTART_KEY,
  workspace: 'techstart',
}

/** Replaces the file as a careful editor does. */
export async function writeUsers(path: string, users: readonly object[]): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify({ users }))
  await rename(`${path}.new`, path)
}

/** Opens the file for one test; the poll is too slow to hide a watch that does not work. */
export function openUsers(path: string, pollMs = 60_000) {
  const events: UsersFileEvent[] = []
  const directory = new UsersFile({ path, pollMs, onEvent: (event) => events.push(event) })
  onTestFinished(() => directory.close())
  return { directory, events }
}
