import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { type RealProcess, startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const BYTES = 10_000_000
/** Of a chunk, unless a caller says otherwise. */
const MOST_TOKENS = 1200
/** What others may wait at one time, as a share of what the line takes; who gives no way takes all of it. */
const MOST = 0.45
/** Of how many chunks one is counted again. */
const EACH = 50

let folder: Awaited<ReturnType<typeof tempFolder>>
let server: RealProcess
beforeAll(async () => {
  folder = await tempFolder()
  server = await startRealProcess(folder.path)
})
afterAll(async () => {
  await server?.kill()
  await folder?.remove()
})

const statusOf = async (trackId: string) => {
  const reply = await fetch(`${server.url}/documents/track_status/${trackId}`)
  const { documents } = (await reply.json()) as { documents: { status: string }[] }
  return documents[0]?.status
}

interface Range {
  readonly start: number
  readonly end: number
}

function chunks(): Range[] {
  const database = new Database(join(folder.path, 'rag_storage/default/rag.db'), { readonly: true })
  try {
    const sql = `SELECT start, "end" FROM chunks WHERE label > 0
      AND document = (SELECT max(seq) FROM documents) ORDER BY ordinal`
    return database.prepare<[], Range>(sql).all()
  } finally {
    database.close()
  }
}

it('one line of 10 MB without a blank is cut within bounds while others are answered', async () => {
  const line = 'a'.repeat(BYTES)
  const form = new FormData()
  form.append('file', new Blob([line]), 'line.txt')
  const upload = await fetch(`${server.url}/documents/upload`, { method: 'POST', body: form })
  const { track_id } = (await upload.json()) as { track_id: string }
  const began = performance.now()
  let last = began
  let longest = 0
  let answered = 0
  let status: string | undefined
  while (status !== 'processed' && status !== 'failed') {
    const health = await fetch(`${server.url}/health`)
    expect(health.status).toBe(200)
    await health.arrayBuffer()
    answered++
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
    await sleep(1)
    if (answered % 10 === 0) status = await statusOf(track_id)
  }
  const share = longest / (performance.now() - began)
  console.log(`One line: ${answered} answers meanwhile, the slowest took ${share.toFixed(2)} of it`)
  expect(status).toBe('processed')
  expect(share).toBeLessThan(MOST)

  const cut = chunks()
  const counts = cut
    .filter((_, i) => i % EACH === 0)
    .map(({ start, end }) => tokenCount(line.slice(start, end)))
  expect(Math.max(...counts)).toBe(MOST_TOKENS)
  let covered = 0
  for (const { start, end } of cut) {
    expect(start).toBeLessThanOrEqual(covered)
    covered = end
  }
  expect(covered).toBe(BYTES)
}, 300_000)
