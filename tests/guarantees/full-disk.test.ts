import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { tempFolder } from '../server/temp-folder.ts'
import { ask, documents, finished, insert, isAlive, post, settled } from './fault-server.ts'
import { type SmallDisk, startOnSmallDisk } from './small-disk.ts'

vi.setConfig({ testTimeout: 300_000 })

const MB = 1024 * 1024
/** Of this size, of which a tenth is kept: 6.4 MB, and half of that from work on documents. */
const DISK = { megabytes: 64 }
const BELOW_RESERVE = 5 * MB
const BELOW_HALF = 2 * MB

let folder: Awaited<ReturnType<typeof tempFolder>>
let disk: SmallDisk
beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(async () => {
  await disk.server.kill()
  await folder.remove()
})

/** The answer to an upload that says how long it is, and of which not one byte follows. */
async function announceUpload(bytes: number): Promise<{ status: number; body: string }> {
  const url = new URL('/documents/upload', disk.server.url)
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': bytes }
  const call = request(url, { method: 'POST', headers })
  call.flushHeaders()
  try {
    return await new Promise((resolve, reject) => {
      call.on('error', reject)
      call.on('response', async (response) => {
        let body = ''
        for await (const piece of response.setEncoding('utf8')) body += piece
        resolve({ status: response.statusCode ?? 0, body })
      })
    })
  } finally {
    call.destroy()
  }
}

/** Deletes a document, and waits until the room that it took has been seen to be free. */
async function remove(name: string): Promise<void> {
  const { server } = disk
  const all = await documents(server)
  const gone = all.filter(({ file_path }) => file_path === name)
  const deletion = await fetch(`${server.url}/documents/delete_document`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ doc_ids: gone.map(({ id }) => id) }),
  })
  expect(deletion.status).toBe(200)
  while ((await documents(server)).length === all.length) await sleep(50)
  await sleep(1000)
}

async function upload(name: string, bytes: number) {
  const form = new FormData()
  form.append('file', new Blob(['Pumps are red. '.repeat(bytes / 15)]), name)
  const reply = await fetch(`${disk.server.url}/documents/upload`, { method: 'POST', body: form })
  return { status: reply.status, body: await reply.text() }
}

it('takes nothing more in when only its reserve is left, and goes on by itself when there is room', async () => {
  disk = await startOnSmallDisk(folder.path, DISK)
  const { server } = disk
  for (const number of [1, 2]) expect((await insert(server, number)).status).toBe(200)
  expect((await upload('broken.pdf', 4 * MB)).status).toBe(200)
  expect(await settled(server)).toEqual([['broken.pdf', 'failed'], ...finished([1, 2])])

  await disk.fill(20 * MB)
  await sleep(1000)
  const large = await announceUpload(30 * MB)
  expect(large.status).toBe(507)
  expect(JSON.parse(large.body).detail).toMatch(/disk.*full.*Delete documents/)
  expect((await insert(server, 3)).status).toBe(200)
  expect(await settled(server)).toEqual([['broken.pdf', 'failed'], ...finished([1, 2, 3])])

  await disk.fill(BELOW_RESERVE)
  await sleep(1000)
  const refusals = [
    await insert(server, 4),
    await upload('small.txt', 1500),
    await post(server, '/documents/texts', { texts: ['one'] }),
    await post(server, '/documents/custom_kg', { entities: [{ entity_name: 'Ada' }] }),
    await post(server, '/documents/scan', {}),
    await post(server, '/graph/entity/create', {
      entity_name: 'Ada',
      entity_data: { description: 'a name' },
    }),
  ]
  for (const { status, body } of refusals) {
    expect([status, body]).toEqual([507, expect.stringMatching(/"detail":.*Delete documents/)])
  }
  // What takes nothing goes on, and so does what gives something back.
  expect((await ask(server, 1)).body).toContain('report-1.txt')
  await remove('report-1.txt')
  expect((await insert(server, 4)).status).toBe(507)
  await remove('broken.pdf')
  expect((await insert(server, 4)).status).toBe(200)
  expect(await settled(server)).toEqual(finished([2, 3, 4]))
})

it('lets what was taken in wait, says so, and lands all of it when there is room', async () => {
  disk = await startOnSmallDisk(folder.path, DISK)
  const { server } = disk
  const many = Array.from({ length: 300 }, (_, i) => `Station ${i} reports to Harbour Lane ${i}.`)
  const names = many.map((_, i) => `report-${i}.txt`)
  const body = { texts: many, file_sources: names }
  expect((await post(server, '/documents/texts', body)).status).toBe(200)
  await disk.fill(BELOW_HALF)
  const told = (error: string | null) => /disk.*waits/i.test(error ?? '')
  while (!(await documents(server)).some((one) => told(one.error_msg))) await sleep(50)
  const waiting = (await documents(server)).filter(({ status }) => status !== 'processed')
  expect(waiting.length).toBeGreaterThan(10)
  expect(waiting.filter(({ status }) => status === 'failed')).toEqual([])
  expect(await isAlive(server)).toBe(true)

  await disk.clear()
  expect(await settled(server)).toEqual(finished(many.keys()))
})
