import autocannon from 'autocannon'
import type { TestServer } from '../routes/rest-client.ts'
import { bareEngine } from '../server/bare-engine.ts'
import { manyUsers, startTestServer } from '../server/test-server.ts'

const ROUNDS = 5
const SECONDS = 3
const TEXTS = Array.from(
  { length: 100 },
  (_, i) => `Station ${i} on Mount Brisk reports to Harbour Lane ${i % 7}. It was built in Alva.`,
)

/** Requests a second of `POST /query/data`: everything around the engine against the bare engine. */
export async function benchTenancyCost(): Promise<void> {
  const bare = await bareEngine()
  const whole = await underTenancy()
  try {
    for (const server of [bare, whole]) await load(server)
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const alone = await requestsPerSecond(bare)
      const around = await requestsPerSecond(whole)
      ratios.push(around / alone)
      console.log(
        `bare engine ${alone.toFixed(0)}/s, key + context + proxy + pool ${around.toFixed(0)}/s, ratio ${(around / alone).toFixed(3)}`,
      )
    }
    ratios.sort((a, b) => a - b)
    console.log(`median ratio ${ratios[Math.floor(ROUNDS / 2)]?.toFixed(3)}`)
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

async function load({ baseUrl, headers }: TestServer): Promise<void> {
  const response = await fetch(`${baseUrl}/documents/texts`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ texts: TEXTS }),
  })
  if (!response.ok) throw new Error(await response.text())
  for (;;) {
    const counts = await fetch(`${baseUrl}/documents/status_counts`, { headers })
    const { status_counts } = (await counts.json()) as { status_counts: Record<string, number> }
    if (status_counts.processed === TEXTS.length) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function requestsPerSecond({ baseUrl, headers }: TestServer): Promise<number> {
  const result = await autocannon({
    url: `${baseUrl}/query/data`,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'Which station reports to Harbour Lane 3?' }),
    connections: 8,
    duration: SECONDS,
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error('requests failed')
  return result.requests.average
}
