import type { Measurement } from './measure.ts'
import { table } from './table.ts'

export interface EvalResult {
  readonly dataset: string
  readonly documents: number
  readonly queries: number
  readonly documentsPerSecond: number
  readonly measurements: readonly Measurement[]
}

const HEADER = [
  'retriever',
  'R@2',
  'R@5',
  'R@10',
  'all@5',
  'all@8',
  'all@10',
  'MRR@10',
  'hit@10',
  'p50 ms',
  'p95 ms',
]

export function report(result: EvalResult): string {
  const summary =
    `${result.dataset}: ${result.documents} documents at ` +
    `${result.documentsPerSecond.toFixed(1)} a second, ${result.queries} queries`
  return `${summary}\n\n${table([HEADER, ...result.measurements.map(row)])}`
}

function row({ retriever, quality, latency }: Measurement): string[] {
  const scores = [
    quality.recall2,
    quality.recall5,
    quality.recall10,
    quality.all5,
    quality.all8,
    quality.all10,
    quality.mrr10,
    quality.hit10,
  ].map((score) => score.toFixed(3))
  const times = latency ? [latency.p50.toFixed(1), latency.p95.toFixed(1)] : ['–', '–']
  return [retriever, ...scores, ...times]
}
