import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEngine, type TestEngine } from '../open-engine.ts'

let engine: TestEngine
beforeEach(async () => {
  engine = await openEngine()
  await engine.insert({
    texts: ['Vera Stone keeps bees in Alva.', 'Bo Reed mends boats in Brisk.'],
    file_sources: ['bees.txt', 'boats.txt'],
  })
})
afterEach(() => engine.close())

async function all() {
  const { documents } = await engine.rag.listDocuments({ sort_field: 'file_path' })
  return documents
}
const statuses = async () => (await all()).map(({ status, error_msg }) => [status, error_msg])
const ids = async () => (await all()).map(({ id }) => id)

it('puts documents back to pending and begins no work', async () => {
  expect(await engine.rag.resetStatus({ doc_ids: await ids() })).toMatchObject({
    status: 'success',
    reset_count: 2,
    failed_ids: [],
  })
  await engine.rag.idle()
  expect(await statuses()).toEqual([
    ['pending', null],
    ['pending', null],
  ])
  expect((await engine.find({ query: 'Who keeps bees?' })).chunks).not.toEqual([])
  await engine.rag.reprocessFailed()
  await engine.rag.idle()
  expect((await statuses()).map(([status]) => status)).toEqual(['processed', 'processed'])
})

it('marks documents as failed with a note, and names those it does not know', async () => {
  const [first = ''] = await ids()
  const target_status = 'failed' as const
  expect(await engine.rag.resetStatus({ doc_ids: [first, 'doc-x'], target_status })).toMatchObject({
    status: 'partial',
    reset_count: 1,
    failed_ids: ['doc-x'],
  })
  expect(await statuses()).toContainEqual(['failed', expect.stringContaining('request')])
  expect(await engine.rag.resetStatus({ doc_ids: [first] })).toMatchObject({ reset_count: 1 })
  expect((await statuses()).flat()).not.toContain('failed')
  expect(await engine.rag.resetStatus({ doc_ids: ['doc-x'] })).toMatchObject({ status: 'failed' })
})
