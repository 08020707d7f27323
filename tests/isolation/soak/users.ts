import { rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import type { Space } from './space.ts'

/** Low, so that logging in costs next to nothing; real ones take a tenth of a second. */
const PASSWORD_COST = 4

/** A key whose holder changes between the first two workspaces as the users file changes. */
export const MOVERS_KEY = 'key-of-somebody-who-moves-0123456789'

interface Change {
  readonly what: string
  /** The workspace of the mover once it is taken; undefined for a version that must be refused. */
  readonly moversSpace?: number
  readonly make: (file: UsersFile) => Promise<void>
}

export const CHANGES: readonly Change[] = [
  { what: 'replaced', moversSpace: 1, make: (file) => file.replace(file.textFor(1)) },
  { what: 'broken', make: (file) => file.write('{"users": [') },
  { what: 'written in place', moversSpace: 0, make: (file) => file.write(file.textFor(0)) },
  { what: 'half written', make: (file) => file.write(file.textFor(1).slice(0, -40)) },
  { what: 'replaced after that', moversSpace: 1, make: (file) => file.replace(file.textFor(1)) },
  {
    what: 'given a bad field',
    make: (file) => file.replace(file.textFor(0).replace('"role":"admin"', '"role":"king"')),
  },
  { what: 'emptied', make: (file) => file.empty() },
  { what: 'written again', moversSpace: 0, make: (file) => file.write(file.textFor(0)) },
  { what: 'deleted', make: (file) => file.remove() },
  { what: 'made to name nobody', make: (file) => file.write('{"users":{}}') },
]

/** `users.json` of a soak, and the ways in which it changes. */
export class UsersFile {
  readonly #path: string
  readonly #spaces: readonly Space[]
  readonly #entries: readonly object[]

  private constructor(folder: string, spaces: readonly Space[], entries: readonly object[]) {
    this.#path = join(folder, 'users.json')
    this.#spaces = spaces
    this.#entries = entries
  }

  static async of(folder: string, spaces: readonly Space[]): Promise<UsersFile> {
    const entries = spaces.map(async ({ username, password, key, workspace }) => ({
      username,
      password: await hash(password, PASSWORD_COST),
      api_key: key,
      workspace,
      role: 'admin',
    }))
    const file = new UsersFile(folder, spaces, await Promise.all(entries))
    await file.write(file.textFor(0))
    return file
  }

  textFor(moversSpace: number): string {
    const mover = {
      username: 'mover',
      password: `plain ${moversSpace}`,
      api_key: MOVERS_KEY,
      workspace: this.#spaces[moversSpace]?.workspace,
      role: 'admin',
    }
    return JSON.stringify({ users: [...this.#entries, mover] })
  }

  write(text: string): Promise<void> {
    return writeFile(this.#path, text)
  }

  async replace(text: string): Promise<void> {
    await writeFile(`${this.#path}.new`, text)
    await rename(`${this.#path}.new`, this.#path)
  }

  empty(): Promise<void> {
    return truncate(this.#path)
  }

  remove(): Promise<void> {
    return rm(this.#path)
  }
}
