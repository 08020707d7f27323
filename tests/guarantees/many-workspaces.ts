import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLightRag } from '../../src/library.ts'
import { pendingWorkAt } from '../../src/stores/sqlite/database/pending-documents.ts'
import { seeded } from '../benches/like/seeded.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { manyUsers } from '../server/test-server.ts'

export interface ManyOptions {
  readonly workspaces: number
  /** Most engines that are open at once. */
  readonly pool: number
  /** Requests in all, eight at a time. */
  readonly requests: number
  /** One workspace of so many has a document that waits to be processed. */
  readonly pendingEach: number
  readonly onSample?: (sample: ManySample) => void
}

export interface ManySample {
  readonly requests: number
  readonly residentBytes: number
  readonly openFiles: number
  /** Milliseconds by the clock of the requests since the last sample. */
  readonly p50: number
  readonly p99: number
}

export interface ManyReport {
  /** From the start of the process to its first answer, in milliseconds. */
  readonly startMs: number
  readonly failures: readonly string[]
  readonly samples: readonly ManySample[]
  /** Until every waiting document was processed, in milliseconds from the start. */
  readonly sweptMs: number
}

const SAMPLES = 10
const AT_ONCE = 8

/** Many workspaces of five documents on disk behind a small pool, asked as Zipf has it. */
export async function askManyWorkspaces(folder: string, options: ManyOptions): Promise<ManyReport> {
  await layOut(folder, options)
  const users = join(folder, 'users.json')
  await writeFile(users, JSON.stringify({ users: manyUsers(options.workspaces) }))
  const began = performance.now()
  const server = await startRealProcess(folder, {
    USERS_FILE: users,
    POOL_MAX_ENGINES: String(options.pool),
    // Else a busy machine has some requests refused.
    POOL_ACQUIRE_TIMEOUT_SECONDS: '300',
    LOG_LEVEL: 'error',
  })
  const startMs = performance.now() - began
  try {
    const swept = untilSwept(folder, options, began)
    const failures: string[] = []
    const samples: ManySample[] = []
    for (let i = 0; i < SAMPLES; i++) {
      const count = Math.ceil(options.requests / SAMPLES)
      const times = await askSome(server, options.workspaces, count, i, failures)
      const sample = { requests: (i + 1) * count, ...(await held(server)), ...times }
      samples.push(sample)
      options.onSample?.(sample)
    }
    return { startMs, failures, samples, sweptMs: await swept }
  } finally {
    await server.stop()
  }
}

/** Copies of two workspaces: one whose documents are processed, and one with a document to do. */
async function layOut(folder: string, { workspaces, pendingEach }: ManyOptions): Promise<void> {
  const done = join(folder, 'template')
  const waiting = join(folder, 'template-waiting')
  const texts = Array.from(
    { length: 5 },
    (_, i) => `Station ${i} on Mount Brisk reports to Harbour Lane ${i}. It was built in Alva.`,
  )
  const rag = await openLightRag({ dir: done })
  await rag.insertTexts({ texts, file_sources: texts.map((_, i) => `report-${i}.txt`) })
  await rag.idle()
  await rag.close()
  await cp(done, waiting, { recursive: true })
  const other = await openLightRag({ dir: waiting })
  await other.insertTexts({ texts: ['Station 9 waits for its turn.'], file_sources: ['late.txt'] })
  await other.close()
  if (pendingWorkAt(waiting) === null) throw new Error('nothing waits')
  const storage = join(folder, 'rag_storage')
  await mkdir(storage, { recursive: true })
  for (let i = 0; i < workspaces; i++) {
    const template = i % pendingEach === 0 ? waiting : done
    await cp(template, join(storage, `space-${i}`), { recursive: true })
  }
}

async function askSome(
  server: RealProcess,
  workspaces: number,
  count: number,
  seed: number,
  failures: string[],
): Promise<{ p50: number; p99: number }> {
  const random = seeded(seed + 1)
  const times: number[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      // By Zipf's law: the logarithm of the rank is uniform.
      const space = Math.floor(workspaces ** random()) - 1
      const began = performance.now()
      const response = await fetch(`${server.url}/query/data`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': `key-of-user-${space}` },
        body: JSON.stringify({ query: `Where does Station ${left % 5} report to?`, mode: 'mix' }),
      })
      const body = await response.text()
      times.push(performance.now() - began)
      if (response.status !== 200 || !body.includes('Harbour Lane')) {
        failures.push(`space-${space}: ${response.status} ${body.slice(0, 200)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  times.sort((one, other) => one - other)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}

async function held({ child }: RealProcess) {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
  const openFiles = (await readdir(`/proc/${child.pid}/fd`)).length
  return { residentBytes: kilobytes * 1024, openFiles }
}

/** The server has to find them by itself. */
async function untilSwept(
  folder: string,
  { workspaces, pendingEach }: ManyOptions,
  began: number,
): Promise<number> {
  for (let i = 0; i < workspaces; i += pendingEach) {
    while (pendingWorkAt(join(folder, 'rag_storage', `space-${i}`)) !== null) await sleep(100)
  }
  return performance.now() - began
}
