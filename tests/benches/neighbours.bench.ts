import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import buildOnce from '../build-once.ts'
import { startRealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { manyUsers } from '../server/test-server.ts'
import { fillWorkspace, insertTexts, untilProcessed } from './fill-workspace.ts'

const SECONDS = 15
const PAUSE_MS = 10
const DOCUMENTS = 100
const BULK = 1500

interface Waits {
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

/** Queries of one workspace while another one indexes in bulk, against the same when all is idle. */
export async function benchNeighbours(): Promise<void> {
  const removeBuild = await buildOnce()
  const folder = await tempFolder()
  await writeFile(join(folder.path, 'users.json'), JSON.stringify({ users: manyUsers(2) }))
  // In a process of its own: what this one does must not count as a gap of the server's.
  const server = await startRealProcess(folder.path, { LOG_LEVEL: 'error', SHUTDOWN_SECONDS: '5' })
  try {
    const [busy, other] = [addressOf(server.url, 0), addressOf(server.url, 1)]
    await fillWorkspace(other, DOCUMENTS)
    await measure(other, 2) // Warms up, and does not count.
    const idle = await measure(other, SECONDS)
    const texts = bulkTexts(BULK)
    for (let from = 0; from < BULK; from += 100)
      await insertTexts(busy, texts.slice(from, from + 100))
    const beside = await measure(other, SECONDS)
    const left = await pending(busy)
    for (const [name, figures] of Object.entries(idle)) report(name, figures, beside[name])
    console.log(
      left > 0
        ? `${left} of ${BULK} documents still waited at the end: it was busy all the time`
        : 'the bulk was indexed before the end: part of the time was idle',
    )
    await untilProcessed(other, DOCUMENTS)
  } finally {
    await server.stop()
    await folder.remove()
    await removeBuild()
  }
}

function report(name: string, idle: Waits, beside: Waits | undefined): void {
  if (beside === undefined) return
  const ms = ({ p50, p99, longest }: Waits) =>
    `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, longest ${longest.toFixed(0)} ms`
  console.log(`${name}: idle ${ms(idle)}; beside a bulk insert ${ms(beside)}`)
  console.log(`${name}: ratio of p99 ${(beside.p99 / idle.p99).toFixed(2)}`)
}

/** Latencies of a query, and of a call that needs no engine: the latter are the loop's own gaps. */
async function measure(
  { baseUrl, headers }: ReturnType<typeof addressOf>,
  seconds: number,
): Promise<Record<string, Waits>> {
  const query = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'Which station reports to Harbour Lane 3?' }),
  }
  const calls: Record<string, () => Promise<Response>> = {
    '/query/data': () => fetch(`${baseUrl}/query/data`, query),
    'a call without an engine': () => fetch(`${baseUrl}/auth-status`),
  }
  const until = performance.now() + seconds * 1000
  const measured = Object.entries(calls).map(async ([name, call]) => {
    const waits: number[] = []
    while (performance.now() < until) {
      const began = performance.now()
      const response = await call()
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${name} answered ${response.status}`)
      waits.push(performance.now() - began)
      await sleep(PAUSE_MS)
    }
    return [name, quantiles(waits)] as const
  })
  return Object.fromEntries(await Promise.all(measured))
}

function quantiles(values: readonly number[]): Waits {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99), longest: at(1) }
}

/** About 200 words each, with some names that come again and some that do not. */
function bulkTexts(count: number): string[] {
  const sentence = (i: number, j: number) =>
    `Keeper Rowan ${(i * 7 + j) % 211} of Harbour Lane ${(i + j) % 37} wrote to Station ${i} about ` +
    `the lamp, the log and the weather of day ${j}, and asked for oil, rope and new glass.`
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 8 }, (_, j) => sentence(i, j)).join(' '),
  )
}

async function pending({ baseUrl, headers }: ReturnType<typeof addressOf>): Promise<number> {
  const response = await fetch(`${baseUrl}/documents/status_counts`, { headers })
  const { status_counts } = (await response.json()) as { status_counts: Record<string, number> }
  return (status_counts.pending ?? 0) + (status_counts.processing ?? 0)
}

function addressOf(baseUrl: string, user: number) {
  return { baseUrl, headers: { 'x-api-key': `key-of-user-${user}` } }
}
