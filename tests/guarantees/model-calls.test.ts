import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { countModelCalls, LIHUA_WORLD } from './model-calls.ts'

const DOCUMENTS = 40
const missing = !existsSync(LIHUA_WORLD)
if (missing) console.warn(`Left out: there is no ${LIHUA_WORLD} with the documents to count by.`)

it.skipIf(missing)(
  'asks for embeddings a tenth as often as one request an entity and a relation would',
  async () => {
    const counts = await countModelCalls(DOCUMENTS)
    if (counts === null) throw new Error('no documents')
    const { ours, rule } = counts
    expect(counts.documents).toBe(DOCUMENTS)
    expect(ours.embeddings).toBeLessThanOrEqual(rule.embeddings / 10)
    expect(ours.chats - ours.summaries).toBeLessThanOrEqual(rule.chats)
  },
)
