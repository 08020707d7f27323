import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../server/test-server.ts'
import { docx, wordParagraph } from './sample-files.ts'
import { pdf } from './sample-pdf.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(null)
})
afterAll(() => server.close())

interface Reply {
  readonly status: string
  readonly documents: readonly { file_path: string; status: string; error_msg: string | null }[]
  readonly data: {
    readonly references: readonly {
      file_path: string
      citations: readonly { page: number | null; headings: readonly string[] }[]
    }[]
  }
}

async function post(path: string, body: FormData | string) {
  const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {}
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as Reply }
}

function upload(name: string, bytes: Buffer) {
  const form = new FormData()
  form.append('file', new Blob([bytes]), name)
  return post('/documents/upload', form)
}

async function outcomes() {
  const { body } = await post('/documents/paginated', '{"page_size": 10}')
  return Object.fromEntries(
    body.documents.map((one) => [one.file_path, one.error_msg ?? one.status]),
  )
}

/** Pages and headings of what is found, by file. */
async function cited(query: string) {
  const { body } = await post('/query/data', JSON.stringify({ query, mode: 'naive' }))
  return Object.fromEntries(
    body.data.references.map(({ file_path, citations }) => [
      file_path,
      citations.map(({ page, headings }) => ({ page, headings })),
    ]),
  )
}

it('takes files of several formats and cites their pages and headings', async () => {
  const report = pdf([
    { lines: [] },
    { lines: ['The Quasar motor turns 900 times.'], bookmark: 'Motors' },
  ])
  const handbook = docx(
    wordParagraph('Refunds', 'berschrift1') + wordParagraph('Vouchers are refunded in nine days.'),
  )
  expect((await upload('report.pdf', report)).body.status).toBe('success')
  expect((await upload('handbook.docx', handbook)).body.status).toBe('success')
  expect((await upload('bad.xlsx', Buffer.from('no'))).body.status).toBe('success')
  expect((await upload('a.exe', report)).status).toBe(400)
  // However long that takes on a busy machine: the runner's own limit ends a wait in vain.
  while (Object.values(await outcomes()).some((one) => /^(pending|processing)$/.test(one))) {
    await sleep(100)
  }
  expect(await outcomes()).toEqual({
    'report.pdf': 'processed',
    'handbook.docx': 'processed',
    'bad.xlsx': 'The file is damaged, or no XLSX file.',
  })
  expect((await cited('turns of the Quasar motor'))['report.pdf']).toEqual([
    { page: 2, headings: ['Motors'] },
  ])
  expect((await cited('refunded vouchers'))['handbook.docx']).toEqual([
    { page: null, headings: ['Refunds'] },
  ])
}, 180_000)
