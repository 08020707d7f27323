import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import { loadConfig } from '../../src/config/config.ts'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { type ControlPlane, openControlPlane } from '../../src/control/control-plane.ts'
import { Sealer } from '../../src/control/keys/sealer.ts'
import type { Prices } from '../../src/control/quotas/prices.ts'
import { type Server, startServer } from '../../src/main.ts'
import { FolderRegistry } from '../../src/workspaces/folder/folder-registry.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'
import { SEAL_SECRET } from './plane.ts'

export const ROOT_KEY = 'the-key-of-the-operator'
export const PASSWORD = 'correct horse battery'

/** The server's own cost would take seconds for the users of a file of tests. */
const CHEAP_HASH = hash(PASSWORD, 4)

const OPERATOR_ENTRY = {
  username: 'operator',
  password: PASSWORD,
  api_key: ROOT_KEY,
  workspace: 'operator-space',
  super_admin: true,
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at, not typed
  readonly body: any
}

export interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text or form as it goes over the wire. */
  readonly raw?: RequestInit['body']
}

/** Sends requests as one caller. */
export type Caller = (method: string, path: string, options?: CallOptions) => Promise<Answer>

export interface ControlServer extends Server {
  readonly folder: string
  /** The lines of its log, down to every request. */
  readonly log: readonly string[]
  /** Another process at the same control database, for what no route of a test is about. */
  readonly plane: ControlPlane
  /** A user with {@link PASSWORD}, signed in. */
  user(username: string): Promise<Person>
  by(headers: Readonly<Record<string, string>>): Caller
  readonly operator: Caller
}

export interface Person {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly token: string
  readonly call: Caller
}

/** The real server with tenants on, over a folder and a socket of its own. */
export async function startControlServer(
  env: Readonly<Record<string, string>> = {},
): Promise<ControlServer> {
  const folder = await tempFolder()
  const usersFile = join(folder.path, 'users.json')
  await writeFile(usersFile, JSON.stringify({ users: [OPERATOR_ENTRY] }))
  const log: string[] = []
  const server = await startServer(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder.path, 'rag_storage'),
      INPUT_DIR: join(folder.path, 'inputs'),
      USERS_FILE: usersFile,
      LOG_LEVEL: 'debug',
      // A busy machine is no reason for a test to be refused.
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
      // Tests count the calls of models.
      CHECK_MODELS: 'false',
      ENABLE_MULTI_TENANTS: 'true',
      TENANT_SELF_SERVICE: 'true',
      CONTROL_SECRETS_KEY: SEAL_SECRET,
      ...env,
    }),
    { logStream: { write: (line) => log.push(line) } },
  ).catch(async (error: unknown) => {
    await folder.remove()
    throw error
  })
  const plane = await openControlAt(folder.path)
  const by = (headers: Readonly<Record<string, string>>) => callerAt(server.url, headers)
  return {
    ...server,
    folder: folder.path,
    log,
    plane,
    by,
    operator: by({ 'x-api-key': ROOT_KEY }),
    user: async (username) => {
      const email = `${username}@example.com`
      const made = await plane.users.create(OPERATOR, { username, email })
      await plane.core.mutate(async ({ tx }) => {
        const password_hash = await CHEAP_HASH
        await tx
          .updateTable('users')
          .set({ password_hash })
          .where('user_id', '=', made.user_id)
          .execute()
      })
      const token = await signIn(server.url, username)
      const call = by({ authorization: `Bearer ${token}` })
      return { id: made.user_id, username, email, token, call }
    },
    close: async () => {
      await plane.close()
      await server.close()
      await folder.remove()
    },
  }
}

/** The control plane of a server's folder, as another process. */
export function openControlAt(folder: string, prices: Prices = {}): Promise<ControlPlane> {
  const WORKING_DIR = join(folder, 'rag_storage')
  const registry = new FolderRegistry({ WORKING_DIR, INPUT_DIR: join(folder, 'inputs') })
  return openControlPlane({
    root: WORKING_DIR,
    sealer: new Sealer(SEAL_SECRET),
    files: {
      trash: async () => undefined,
      restore: async () => undefined,
      purge: async () => undefined,
      remains: async () => false,
    },
    measure: (workspace) => registry.look(workspace),
    superAdmins: [],
    strict: true,
    selfService: true,
    retentionMs: 1000,
    prices,
    onError: () => undefined,
  })
}

/** The token of a user with {@link PASSWORD}. */
export async function signIn(url: string, username: string): Promise<string> {
  const body = new URLSearchParams({ username, password: PASSWORD })
  const answer = await fetch(`${url}/login`, { method: 'POST', body })
  const { access_token } = (await answer.json()) as { access_token: string }
  return access_token
}

function callerAt(url: string, credentials: Readonly<Record<string, string>>): Caller {
  return async (method, path, { body, raw, headers } = {}) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const payload = raw ?? (body === undefined ? null : JSON.stringify(body))
    const answer = await fetch(`${url}${path}`, {
      method,
      body: payload,
      headers: { ...credentials, ...json, ...headers },
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
