import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { type Server, type ServerOptions, startServer } from '../../src/main.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'

export interface UserEntry {
  readonly username: string
  readonly password?: string
  readonly api_key: string
  readonly workspace: string
  readonly [more: string]: unknown
}

export interface TestServer extends Server {
  readonly folder: string
  readonly usersFile: string
}

/** The real server in this process, over a folder of its own, with these users or none. */
export async function startTestServer(
  users: readonly UserEntry[] | null,
  env: Readonly<Record<string, string>> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  const folder = await tempFolder()
  const usersFile = join(folder.path, 'users.json')
  if (users) await writeFile(usersFile, JSON.stringify({ users }))
  try {
    const server = await startServer(
      loadConfig({
        HOST: '127.0.0.1',
        PORT: '0',
        WORKING_DIR: join(folder.path, 'rag_storage'),
        INPUT_DIR: join(folder.path, 'inputs'),
        LOG_LEVEL: 'fatal',
        // Tests count the calls of models.
        CHECK_MODELS: 'false',
        // Suites that call all routes wait for each to end.
        EVENT_STREAM_SECONDS: '0.05',
        ...TEST_HOSTS,
        // A busy machine is no reason for a test to be refused.
        MAX_EVENT_LOOP_DELAY_MS: '0',
        ...(users ? { USERS_FILE: usersFile } : {}),
        ...env,
      }),
      options,
    )
    const close = async () => {
      await server.close()
      await folder.remove()
    }
    return { ...server, close, folder: folder.path, usersFile }
  } catch (error) {
    await folder.remove()
    throw error
  }
}

/** Users `user-0` … with a workspace and a key each. */
export function manyUsers(count: number): UserEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    username: `user-${i}`,
    password: `password of user ${i}`,
    api_key: `key-of-user-${i}`,
    workspace: `space-${i}`,
  }))
}
