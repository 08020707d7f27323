/** How well a retriever ranked the documents, averaged over the queries; all from 0 to 1. */
export interface Quality {
  readonly recall2: number
  readonly recall5: number
  readonly recall10: number
  /** Share of queries with every relevant document among the first k. */
  readonly all5: number
  readonly all8: number
  readonly all10: number
  readonly mrr10: number
  readonly hit10: number
}

export interface Ranking {
  readonly relevant: readonly string[]
  /** Ids of documents, best first, each once. */
  readonly ranked: readonly string[]
}

export function judge(rankings: readonly Ranking[]): Quality {
  const mean = (score: (ranking: Ranking) => number) =>
    rankings.reduce((sum, ranking) => sum + score(ranking), 0) / rankings.length
  const all = (k: number) => mean((ranking) => (recallAt(ranking, k) === 1 ? 1 : 0))
  return {
    recall2: mean((ranking) => recallAt(ranking, 2)),
    recall5: mean((ranking) => recallAt(ranking, 5)),
    recall10: mean((ranking) => recallAt(ranking, 10)),
    all5: all(5),
    all8: all(8),
    all10: all(10),
    mrr10: mean(reciprocalRank),
    hit10: mean((ranking) => (reciprocalRank(ranking) > 0 ? 1 : 0)),
  }
}

function recallAt({ relevant, ranked }: Ranking, k: number): number {
  const wanted = new Set(relevant)
  return ranked.slice(0, k).filter((id) => wanted.has(id)).length / wanted.size
}

function reciprocalRank({ relevant, ranked }: Ranking): number {
  const rank = ranked.slice(0, 10).findIndex((id) => relevant.includes(id))
  return rank < 0 ? 0 : 1 / (rank + 1)
}

/** The value below which a share of the values lies; NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
