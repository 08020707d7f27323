import { Bm25 } from './bm25.ts'
import { type Dataset, type EvalQuery, fullText } from './dataset.ts'
import type { EvalClient } from './eval-client.ts'
import { judge, percentile, type Quality, type Ranking } from './metrics.ts'

const CONCURRENCY = 2

export interface Measurement {
  readonly retriever: string
  readonly quality: Quality
  /** Milliseconds per query over HTTP; absent for the baseline, which runs in this process. */
  readonly latency?: { readonly p50: number; readonly p95: number }
}

export function measureBm25(dataset: Dataset, withoutStopWords: boolean): Measurement {
  const documents = dataset.documents.map((entry) => ({ id: entry.id, text: fullText(entry) }))
  const index = new Bm25(documents, { withoutStopWords })
  const rankings = dataset.queries.map(({ relevant, text }) => ({
    relevant,
    ranked: index.search(text, 10),
  }))
  return { retriever: withoutStopWords ? 'BM25, no stop words' : 'BM25', quality: judge(rankings) }
}

/** Sends every query through one mode of the server. */
export async function measureMode(
  client: EvalClient,
  queries: readonly EvalQuery[],
  mode: string,
  onProgress: (done: number) => void,
): Promise<Measurement> {
  const rankings: Ranking[] = []
  const times: number[] = []
  const waiting = queries.values()
  const worker = async () => {
    for (const { text, relevant } of waiting) {
      const start = performance.now()
      const ranked = await client.search(text, mode)
      times.push(performance.now() - start)
      rankings.push({ relevant, ranked })
      onProgress(rankings.length)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  const latency = { p50: percentile(times, 0.5), p95: percentile(times, 0.95) }
  return { retriever: mode, quality: judge(rankings), latency }
}
