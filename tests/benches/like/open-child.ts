import { cpuOf, timeOf } from './measures.ts'
import { sampleQuestion } from './sample-documents.ts'
import { hashedModel, scriptedModel } from './scripted-models.ts'

/** Opens a workspace in a process that has done nothing else, and asks it one question. */
const [dir = '', library = ''] = process.argv.slice(2)
const { openLightRag }: typeof import('../../../src/library.ts') = await import(library)
let ms = 0
// Loading the program has left garbage, which is none of the opening's.
globalThis.gc?.()
const cpu = await cpuOf(async () => {
  ms = await timeOf(async () => {
    const rag = await openLightRag({ dir, llm: scriptedModel(), embedding: hashedModel() })
    await rag.query({ query: sampleQuestion(7), mode: 'mix' })
  })
})
console.log(JSON.stringify({ ms, cpu }))
process.exit(0)
