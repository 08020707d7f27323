import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from '../server/test-server.ts'
import { docx, wordParagraph } from './sample-files.ts'
import { endlessPdf, pdf } from './sample-pdf.ts'

let server: TestServer
afterEach(() => server.close())

interface Reply {
  readonly status: string
  readonly documents: readonly {
    file_path: string
    status: string
    error_msg: string | null
    metadata: { readonly file_encoding?: string }
  }[]
  readonly data: {
    readonly references: readonly {
      file_path: string
      citations: readonly { page: number | null; headings: readonly string[] }[]
    }[]
  }
}

async function post(path: string, body: FormData | string, key = '') {
  const headers = {
    ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
    ...(key === '' ? {} : { 'x-api-key': key }),
  }
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as Reply }
}

function upload(name: string, bytes: Buffer, key?: string) {
  const form = new FormData()
  form.append('file', new Blob([bytes]), name)
  return post('/documents/upload', form, key)
}

async function outcomes(key?: string) {
  const { body } = await post('/documents/paginated', '{"page_size": 10}', key)
  return Object.fromEntries(
    body.documents.map((one) => [one.file_path, one.error_msg ?? one.status]),
  )
}

/** Of the files that are not in UTF-8, by their names. */
async function encodings() {
  const { body } = await post('/documents/paginated', '{"page_size": 10}')
  return Object.fromEntries(
    body.documents.flatMap(({ file_path, metadata: { file_encoding: encoding } }) =>
      encoding ? [[file_path, encoding]] : [],
    ),
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
  server = await startTestServer(null)
  const report = pdf([
    { lines: [] },
    { lines: ['The Quasar motor turns 900 times.'], bookmark: 'Motors' },
  ])
  const handbook = docx(
    wordParagraph('Refunds', 'berschrift1') + wordParagraph('Vouchers are refunded in nine days.'),
  )
  expect((await upload('report.pdf', report)).body.status).toBe('success')
  expect((await upload('handbook.docx', handbook)).body.status).toBe('success')
  const prices = Buffer.from('Name;Straße;Preis\nMüller;Hauptstraße 5;5 \x80\n', 'latin1')
  expect((await upload('prices.csv', prices)).body.status).toBe('success')
  expect((await upload('bad.xlsx', Buffer.from('no'))).body.status).toBe('success')
  expect((await upload('a.exe', report)).status).toBe(400)
  // However long that takes on a busy machine: the runner's own limit ends a wait in vain.
  while (Object.values(await outcomes()).some((one) => /^(pending|processing)$/.test(one))) {
    await sleep(100)
  }
  expect(await outcomes()).toEqual({
    'report.pdf': 'processed',
    'handbook.docx': 'processed',
    'prices.csv': 'processed',
    'bad.xlsx': 'The file is damaged, or no XLSX file.',
  })
  expect(await encodings()).toEqual({ 'prices.csv': 'windows-1252' })
  expect((await cited('turns of the Quasar motor'))['report.pdf']).toEqual([
    { page: 2, headings: ['Motors'] },
  ])
  expect((await cited('refunded vouchers'))['handbook.docx']).toEqual([
    { page: null, headings: ['Refunds'] },
  ])
}, 180_000)

it('keeps no workspace waiting for the files of another', async () => {
  const [evil, acme] = manyUsers(2)
  if (!evil || !acme) throw new Error('no users')
  server = await startTestServer([evil, acme], { READ_SECONDS: '3600' })
  for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) {
    const endless = Buffer.concat([endlessPdf(), Buffer.from(name)])
    expect((await upload(name, endless, evil.api_key)).body.status).toBe('success')
  }
  while (!Object.values(await outcomes(evil.api_key)).includes('processing')) await sleep(20)
  await upload('small.txt', Buffer.from('Pumps are sold by Acme.'), acme.api_key)
  while ((await outcomes(acme.api_key))['small.txt'] !== 'processed') await sleep(50)
  expect(Object.values(await outcomes(evil.api_key))).not.toContain('processed')
})
