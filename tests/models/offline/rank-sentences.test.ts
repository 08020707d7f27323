import { expect, it } from 'vitest'
import { rankSentences } from '../../../src/models/offline/rank-sentences.ts'

const passage = (content: string) => [{ content, referenceId: '1', filePath: 'a.txt' }]

it('reads a text without a stop to 10,000 characters, and what has stops to its end', async () => {
  const many = 'harbour ferry '.repeat(1000)
  expect(await rankSentences('Where is the zebra?', passage(`${many} zebra stands`), 5)).toEqual([])
  expect(
    await rankSentences('Where is the zebra?', passage(`zebra stands ${many}`), 5),
  ).toHaveLength(1)
  const stopped = `${'The harbour has a ferry. '.repeat(1000)}The zebra stands there.`
  const [best] = await rankSentences('Where is the zebra?', passage(stopped), 5)
  expect(best?.text).toContain('zebra')
})
