import { expect, it } from 'vitest'
import { sampleDocument } from '../benches/like/sample-documents.ts'
import { countModelCalls } from './model-calls.ts'

const DOCUMENTS = 40
/** Of two hundred words and eight names each. */
const NOTES_A_DOCUMENT = 4

it('asks for embeddings a tenth as often as one request an entity and a relation would', async () => {
  const documents = Array.from({ length: DOCUMENTS }, (_, number) => {
    const notes = Array.from({ length: NOTES_A_DOCUMENT }, (_, i) =>
      sampleDocument(number * NOTES_A_DOCUMENT + i),
    )
    const text = notes.map((note) => note.text).join('\n\n')
    return { id: `${number}`, title: `Notes ${number}`, text }
  })
  const counts = await countModelCalls(documents)
  const { ours, rule } = counts
  expect(counts.documents).toBe(DOCUMENTS)
  expect(ours.embeddings).toBeLessThanOrEqual(rule.embeddings / 10)
  expect(ours.chats - ours.summaries).toBeLessThanOrEqual(rule.chats)
})
