import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatMessage, LanguageModel } from '../src/engine/ports/models.ts'
import { openLightRag } from '../src/library.ts'
import { tempFolder } from './server/temp-folder.ts'

const TEXT = 'The lighthouse of Cape Orrin was built by Ines Halvard.'
const ROWS = 'entity<|#|>Ines Halvard<|#|>Person<|#|>A builder of lighthouses.\n<|COMPLETE|>'

/** A model of one's own, which counts what it is asked. */
function countingModel(): LanguageModel & { asked: (readonly ChatMessage[])[] } {
  const asked: (readonly ChatMessage[])[] = []
  return {
    asked,
    id: 'counting',
    generate: async (messages) => {
      asked.push(messages)
      return { text: ROWS, usage: { promptTokens: 1, completionTokens: 1 } }
    },
    async *stream() {
      yield 'Ines Halvard built it.'
    },
  }
}

it('asks the model of a caller once for one passage, also after it was opened again', async () => {
  const folder = await tempFolder()
  onTestFinished(folder.remove)
  const llm = countingModel()
  const dir = join(folder.path, 'space')
  for (let time = 0; time < 2; time++) {
    const rag = await openLightRag({ dir, llm })
    await rag.insertTexts({ texts: [TEXT], file_sources: ['lighthouse.txt'] })
    await rag.idle()
    expect(await rag.entityNames()).toEqual(['Ines Halvard'])
    const { documents } = await rag.listDocuments({})
    await rag.deleteDocuments({ doc_ids: documents.map(({ id }) => id) })
    await rag.idle()
    await rag.close()
  }
  // One look at the passage and one for what was missed.
  expect(llm.asked).toHaveLength(2)
})
