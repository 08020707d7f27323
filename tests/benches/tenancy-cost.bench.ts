import type { TestServer } from '../routes/rest-client.ts'
import { bareEngine } from '../server/bare-engine.ts'
import { manyUsers, startTestServer } from '../server/test-server.ts'
import { fillWorkspace } from './fill-workspace.ts'
import { compareLoads } from './load.ts'

const WANTED = 0.95

/** `POST /query/data`: everything around the engine against the bare engine. */
export async function benchTenancyCost(): Promise<void> {
  const bare = await bareEngine()
  const whole = await underTenancy()
  try {
    for (const server of [bare, whole]) await fillWorkspace(server, 100)
    const body = { query: 'Which station reports to Harbour Lane 3?' }
    const { around } = await compareLoads(
      {
        bare: { url: `${bare.baseUrl}/query/data`, body },
        around: { url: `${whole.baseUrl}/query/data`, headers: whole.headers, body },
      },
      { rounds: 7, seconds: 2 },
    )
    console.log(
      `key + context + proxy + pool: ratio by CPU ${around?.cpu.toFixed(3)}, by requests/s ` +
        `${around?.perSecond.toFixed(3)} (at least ${WANTED} wanted)`,
    )
  } finally {
    await bare.close()
    await whole.close()
  }
}

async function underTenancy(): Promise<TestServer> {
  const server = await startTestServer(manyUsers(3), { LOG_LEVEL: 'silent' })
  return {
    baseUrl: server.url,
    headers: { 'x-api-key': 'key-of-user-1' },
    close: server.close,
  }
}
