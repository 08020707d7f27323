import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { loadConfig } from '../../src/config/config.ts'
import { buildServer } from '../../src/main.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'

export const DESCRIPTION_FILE = new URL('../../docs/openapi.json', import.meta.url)

/** Runs `work` on the real server, ready but not listening, over an empty folder. */
export async function withServer<T>(
  work: (app: FastifyInstance) => T | Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const folder = await tempFolder()
  try {
    const { app, close } = await buildServer(
      loadConfig({
        WORKING_DIR: join(folder.path, 'rag_storage'),
        INPUT_DIR: join(folder.path, 'inputs'),
        LOG_LEVEL: 'silent',
        // A busy machine is no reason for a test to be refused.
        MAX_EVENT_LOOP_DELAY_MS: '0',
        ...TEST_HOSTS,
        ...env,
      }),
    )
    await app.ready()
    try {
      return await work(app)
    } finally {
      await close()
    }
  } finally {
    await folder.remove()
  }
}

/** Turns on all that the server can do. */
export const WITH_TENANTS = { ENABLE_MULTI_TENANTS: 'true' } as const

/** The description of the API as the real server makes it: the text of docs/openapi.json. */
export function describeApi(): Promise<string> {
  return withServer((app) => `${JSON.stringify(app.swagger(), null, 2)}\n`, WITH_TENANTS)
}
