import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  DocStatusResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'

/** An account that owns nothing; `root` would not notice any permission. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

/** Sets a soft limit of the running server, as `prlimit` names it. */
export function setLimit(server: RealProcess, resource: 'fsize' | 'nofile', most: string): void {
  execFileSync('prlimit', ['--pid', String(server.child.pid), `--${resource}=${most}:`])
}

/** Runs the server as somebody to whom the permissions of files apply. */
export async function startUnprivileged(folder: string): Promise<RealProcess> {
  if (!isRoot) return startRealProcess(folder)
  // The folder of all temporary folders is for its owner alone.
  if (process.env.TMPDIR) await chmod(process.env.TMPDIR, 0o711)
  for (const path of [folder, `${folder}/rag_storage`, `${folder}/inputs`]) {
    await mkdir(path, { recursive: true })
    await chown(path, NOBODY, NOBODY)
  }
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
  return startRealProcess(folder, {}, ['setpriv', ...ids])
}

export interface Reply {
  readonly status: number
  readonly body: string
}

export async function post(
  { url }: RealProcess,
  path: string,
  body: unknown,
  key?: string,
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : {}) },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.text() }
}

/** Sends a text under a name of its own; a long one takes some hundred kilobytes of storage. */
export function insert(
  server: RealProcess,
  number: number,
  sentences = 5,
  key?: string,
): Promise<Reply> {
  const facts = Array.from(
    { length: sentences },
    (_, i) => `Station ${number} on Mount Brisk${i} reports to Harbour Lane ${number + i}.`,
  )
  const text = `Report number ${number}.\n\n${facts.join(' ')}`
  return post(server, '/documents/text', { text, file_source: `report-${number}.txt` }, key)
}

/** Which passages a question finds. */
export function ask(server: RealProcess, number: number, key?: string): Promise<Reply> {
  const query = `Where does Station ${number} report to?`
  return post(server, '/query/data', { query, mode: 'naive' }, key)
}

export async function isAlive({ url }: RealProcess): Promise<boolean> {
  return (await fetch(`${url}/health`)).ok
}

export async function documents(server: RealProcess, key?: string): Promise<DocStatusResponse[]> {
  const found: DocStatusResponse[] = []
  for (let page = 1; ; page++) {
    const wanted = { page, page_size: 200, sort_field: 'id' }
    const reply = await post(server, '/documents/paginated', wanted, key)
    // Another workspace had the last place in the pool, or the machine is busy with other things.
    if (/pool_exhausted|overloaded/.test(reply.body)) {
      await sleep(20)
      page--
      continue
    }
    if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body}`)
    const { documents, pagination } = JSON.parse(reply.body) as PaginatedDocuments
    found.push(...documents)
    if (!pagination.has_next) return found
  }
}

/** Until nothing waits; the server has to get there by itself. Names and their statuses. */
export async function settled(server: RealProcess, key?: string): Promise<[string, string][]> {
  for (;;) {
    const all = await documents(server, key)
    if (all.every(({ status }) => status === 'processed' || status === 'failed')) {
      return all.map(({ file_path, status }): [string, string] => [file_path, status]).toSorted()
    }
    await sleep(50)
  }
}

/** What {@link settled} gives for these documents when each is there once, and finished. */
export function finished(numbers: Iterable<number>): [string, string][] {
  return [...numbers]
    .map((number): [string, string] => [`report-${number}.txt`, 'processed'])
    .toSorted()
}
