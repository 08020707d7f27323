import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DocumentStore } from '../../../src/engine/ports/document-store.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'
import { withParts } from '../with-parts.ts'

const TEXTS = 3000
/** More than one turn looks up, on any machine. */
const MANY = 2000

let engine: TestEngine
let lookups = 0
beforeEach(async () => {
  lookups = 0
  engine = await openEngine(
    {},
    {},
    {
      around: (store) => {
        const byHash: DocumentStore['byHash'] = (contentHash) => {
          lookups += 1
          return store.documents.byHash(contentHash)
        }
        return withParts(store, { documents: { ...store.documents, byHash } })
      },
    },
  )
})
afterEach(() => engine.close())

const texts = Array.from({ length: TEXTS }, (_, i) => `Number ${i} is counted.`)

it('very many texts are looked up some at a time where a document is to go, and others have turns', async () => {
  await engine.insert({ texts: ['Number 0 is counted.'], file_sources: ['old.txt'] })
  const { documents } = await engine.rag.listDocuments({})
  const how = { forgetAnswers: false, deleteFiles: false }
  await engine.store.queue.scheduleDeletion([documents[0]?.id ?? ''], how)
  lookups = 0
  let before = 0
  let most = 0
  let isOver = false
  const look = () => {
    most = Math.max(most, lookups - before)
    before = lookups
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  const response = await engine.rag.insertTexts({ texts })
  isOver = true
  expect(response.status).toBe('success')
  expect(lookups).toBeGreaterThan(TEXTS)
  expect(most).toBeLessThan(MANY)
  expect(await engine.store.counts()).toMatchObject({ documents: TEXTS })
})

it('very many texts are not looked up where no document is to go', async () => {
  const response = await engine.rag.insertTexts({ texts })
  expect(response.status).toBe('success')
  expect(lookups).toBe(0)
})
