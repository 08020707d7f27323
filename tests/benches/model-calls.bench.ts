import { readDataset } from '../eval/dataset.ts'
import { countModelCalls } from '../guarantees/model-calls.ts'

/** Model calls for the documents of a folder, beside those that LightRAG's rule would make. */
export async function benchModelCalls(): Promise<void> {
  const folder = process.env.BENCH_FOLDER
  if (folder === undefined) {
    console.log('Left out: BENCH_FOLDER names no folder with docs.jsonl, as npm run eval takes.')
    return
  }
  const { documents: all } = await readDataset(folder)
  const counts = await countModelCalls(all.slice(0, Number(process.env.BENCH_DOCUMENTS ?? 442)))
  const { documents, ours, rule } = counts
  const each = (value: number) => (value / documents).toFixed(2)
  console.log(`${documents} documents, ${counts.chunks} chunks; calls a document:`)
  console.log(`language model   ours ${each(ours.chats)}   LightRAG ${each(rule.chats)}`)
  console.log(`  of these summaries: ours ${ours.summaries} in all; LightRAG makes some, too`)
  console.log(`embedding        ours ${each(ours.embeddings)}   LightRAG ${each(rule.embeddings)}`)
  console.log(
    `embedding requests, ours as a share: ${(ours.embeddings / rule.embeddings).toFixed(3)} (at most 0.1 wanted)`,
  )
}
