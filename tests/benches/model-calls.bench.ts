import { countModelCalls, LIHUA_WORLD } from '../guarantees/model-calls.ts'

/** Model calls for the chats of LiHua-World, beside those that LightRAG's rule would make. */
export async function benchModelCalls(): Promise<void> {
  const counts = await countModelCalls(Number(process.env.BENCH_DOCUMENTS ?? 442))
  if (counts === null) {
    console.log(`Left out: there is no ${LIHUA_WORLD}. Put the documents of LiHua-World there.`)
    return
  }
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
