import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** By a name that no compiler follows: the server is not written for a browser's types. */
const TEST_SERVER = new URL('../../server/test-server.ts', import.meta.url).pathname

export interface ServedUi {
  readonly url: string
  close(): Promise<void>
}

export interface UiUser {
  readonly username: string
  readonly password: string
  readonly api_key: string
  readonly workspace: string
  readonly workspaces?: readonly string[]
  readonly role?: string
}

interface TestServerModule {
  startTestServer(
    users: readonly UiUser[] | null,
    env: Readonly<Record<string, string>>,
    options: { readonly webUi: { readonly folder: string } },
  ): Promise<ServedUi>
}

/** The real server with the web UI, which is built first if its sources have changed. */
export async function serveUi(
  users: readonly UiUser[] | null,
  env: Readonly<Record<string, string>> = {},
): Promise<ServedUi> {
  execFileSync(process.execPath, ['scripts/build-web.mjs', '--if-changed'], { cwd: ROOT })
  const { startTestServer } = (await import(TEST_SERVER)) as TestServerModule
  return startTestServer(users, env, { webUi: { folder: `${ROOT}dist/webui` } })
}
