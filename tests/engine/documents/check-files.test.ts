import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEngine, type TestEngine } from '../open-engine.ts'

const BYTES = Buffer.from('The pump house opens at six.')
const HASH = createHash('sha256').update(BYTES).digest('hex')
const OTHER = createHash('sha256').update('other').digest('hex')

let engine: TestEngine
let id: string
beforeEach(async () => {
  engine = await openEngine({}, { maxUploadBytes: 1000 })
  const content = (async function* () {
    yield BYTES
  })()
  await engine.rag.insertFile({ file_name: 'hours.txt', external_id: 'crm-1' }, content)
  await engine.rag.idle()
  const { documents } = await engine.rag.listDocuments({})
  id = documents[0]?.id ?? ''
})
afterEach(() => engine.close())

it.each([
  [{ name: 'hours.txt', size: 28, sha256: HASH.toUpperCase() }, 'same', true],
  [{ name: 'copy.txt', size: 28, sha256: HASH }, 'same', true],
  [{ name: 'hours.txt', size: 28, sha256: OTHER }, 'changed', true],
  [{ name: 'hours.txt', size: 28 }, 'changed', true],
  [{ name: 'renamed.txt', size: 5, sha256: OTHER, external_id: 'crm-1' }, 'changed', true],
  [{ name: 'new.txt', size: 5, sha256: OTHER, external_id: 'crm-2' }, 'new', false],
  [{ name: 'new.txt', size: 1001 }, 'too_large', false],
  [{ name: 'new.exe', size: 5 }, 'unsupported', false],
  [{ name: '../new.txt', size: 5 }, 'invalid_name', false],
])('tells of %j that it is %s', async (file, verdict, isHere) => {
  const { items } = await engine.rag.checkFiles([file, file])
  expect(items).toHaveLength(2)
  for (const item of items) {
    expect(item).toMatchObject({ name: file.name, verdict, document_id: isHere ? id : null })
  }
  expect((await engine.rag.statusCounts()).status_counts).toMatchObject({ all: 1 })
})
