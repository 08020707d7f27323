import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, expect, it } from 'vitest'
import type {
  DocStatusResponse,
  InsertResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import { type RealProcess, startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const KILLS = Number(process.env.CRASH_KILLS ?? 20)
const folder = await tempFolder()
afterAll(() => folder.remove())

/** Many chunks, so that a kill can fall into the middle of a document. */
function textOf(number: number): string {
  const facts = Array.from(
    { length: 16 },
    (_, i) => `Station ${number} on Mount Brisk${i} reports to Harbour Lane ${number + i}.`,
  )
  return `Report number ${number} of the weather service.\n\n${facts.join(' ')}`
}

async function post(server: RealProcess, number: number): Promise<boolean> {
  const body = new FormData()
  body.append('file', new Blob([textOf(number)]), `report-${number}.txt`)
  const upload = number % 3 === 0
  const response = await fetch(`${server.url}/documents/${upload ? 'upload' : 'text'}`, {
    method: 'POST',
    ...(upload
      ? { body }
      : {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: textOf(number), file_source: `report-${number}.txt` }),
        }),
  })
  const reply = (await response.json()) as InsertResponse
  // A document whose acknowledgement was lost may have been kept all the same.
  return response.ok && ['success', 'duplicated'].includes(reply.status)
}

async function allDocuments(server: RealProcess): Promise<DocStatusResponse[]> {
  const documents: DocStatusResponse[] = []
  for (let page = 1; ; page++) {
    const response = await fetch(`${server.url}/documents/paginated`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ page, page_size: 200, sort_field: 'id' }),
    })
    const reply = (await response.json()) as PaginatedDocuments
    documents.push(...reply.documents)
    if (!reply.pagination.has_next) return documents
  }
}

/** Until nothing waits; the server must get there by itself. */
async function settled(server: RealProcess): Promise<DocStatusResponse[]> {
  for (;;) {
    const documents = await allDocuments(server)
    if (documents.every(({ status }) => status === 'processed' || status === 'failed')) {
      return documents
    }
    await sleep(50)
  }
}

it(`loses and doubles no acknowledged document over ${KILLS} kills at random moments`, async () => {
  const acknowledged = new Set<number>()
  let next = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const server = await startRealProcess(folder.path)
    let killed: Promise<void> | undefined
    try {
      while (server.child.exitCode === null && server.child.signalCode === null) {
        const number = next++
        if (await post(server, number)) acknowledged.add(number)
        killed ??= sleep(Math.random() * 500).then(() => server.kill())
      }
    } catch {
      // The connection died with the server.
    }
    await (killed ?? server.kill())
  }
  const server = await startRealProcess(folder.path)
  const documents = await settled(server)
  expect(await server.stop()).toBe(0)

  const byName = new Map<string, DocStatusResponse[]>()
  for (const document of documents) {
    byName.set(document.file_path, [...(byName.get(document.file_path) ?? []), document])
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS)
  for (const number of acknowledged) {
    const found = byName.get(`report-${number}.txt`) ?? []
    expect(found.map(({ status }) => status)).toEqual(['processed'])
  }
  for (const found of byName.values()) expect(found).toHaveLength(1)

  const database = new Database(join(folder.path, 'rag_storage', 'default', 'rag.db'))
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  database.close()
  console.log(`kills ${KILLS}, acknowledged ${acknowledged.size}, lost 0, doubled 0`)
}, 600_000)
