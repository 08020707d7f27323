import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { LightRag } from '../../../src/engine/light-rag.ts'
import { openLightRag } from '../../../src/library.ts'
import { cpuOf, settledMemory } from './measures.ts'
import { sampleDocument, sampleQuestion } from './sample-documents.ts'
import { hashedModel, scriptedModel } from './scripted-models.ts'

const IDLE_MS = 3000
/** After an opening comes work that ends: leftovers are removed, indexes written to disk. */
const SETTLE_MS = 10_000

/** Fills workspaces, then opens each anew and asks it a question, as a server would hold them. */
const [dir = '', workspaces = '', documents = ''] = process.argv.slice(2)
const open = (name: string) =>
  openLightRag({ dir: join(dir, name), llm: scriptedModel(), embedding: hashedModel() })
const names = Array.from({ length: Number(workspaces) + 1 }, (_, i) => `space-${i}`)
for (const [at, name] of names.entries()) {
  const rag = await open(name)
  const notes = Array.from({ length: Number(documents) }, (_, i) => sampleDocument(at * 1000 + i))
  await rag.insertTexts({
    texts: notes.map(({ text }) => text),
    file_sources: notes.map(({ label }) => label),
  })
  await rag.idle()
  await rag.close()
}
const ask = async (rag: LightRag, at: number) => {
  for (let i = 0; i < 5; i++) await rag.query({ query: sampleQuestion(at * 1000 + i), mode: 'mix' })
}
// The first one pays for what all of them share.
const first = await open(names[0] ?? '')
await ask(first, 0)
const before = await settledMemory()
const rags: LightRag[] = []
for (const [at, name] of names.entries()) {
  if (at === 0) continue
  const rag = await open(name)
  await ask(rag, at)
  rags.push(rag)
}
await pause(SETTLE_MS)
const resident = ((await settledMemory()) - before) / rags.length
const reported = rags.reduce((sum, rag) => sum + rag.bytes(), 0) / rags.length
const idle = (await cpuOf(() => pause(IDLE_MS))) / IDLE_MS
console.log(JSON.stringify({ resident, reported, idle }))
process.exit(0)
