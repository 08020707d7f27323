import { basename } from 'node:path'
import { InvalidArgumentError, program } from 'commander'
import { readDataset } from './dataset.ts'
import { EvalClient } from './eval-client.ts'
import { startLocalServer } from './local-server.ts'
import { type Measurement, measureBm25, measureMode } from './measure.ts'
import { progressBar } from './progress-bar.ts'
import { report } from './report.ts'

interface EvalOptions {
  readonly modes: string[]
  readonly limit?: number
  readonly url?: string
  readonly key?: string
  readonly json?: boolean
}

/** Measures retrieval over one data set. Resolves to the exit status. */
async function evaluate(folder: string, options: EvalOptions): Promise<number> {
  const dataset = await readDataset(folder, options.limit)
  const baselines = [measureBm25(dataset, false), measureBm25(dataset, true)]
  const server = options.url === undefined ? await startLocalServer() : undefined
  try {
    const client = new EvalClient(server?.url ?? options.url ?? '', options.key)
    const start = performance.now()
    await client.load(dataset.documents, progressBar('documents', dataset.documents.length))
    const rate = dataset.documents.length / ((performance.now() - start) / 1000)
    const measured: Measurement[] = []
    for (const mode of options.modes) {
      const bar = progressBar(mode, dataset.queries.length)
      measured.push(await measureMode(client, dataset.queries, mode, bar))
    }
    const result = {
      dataset: basename(folder),
      documents: dataset.documents.length,
      queries: dataset.queries.length,
      documentsPerSecond: rate,
      measurements: [...baselines, ...measured],
    }
    console.log(options.json ? JSON.stringify(result, null, 2) : report(result))
    return beaten(baselines, measured) ? 1 : 0
  } finally {
    await server?.close()
  }
}

/** Whether mode mix finds less than plain BM25. */
function beaten(baselines: readonly Measurement[], measured: readonly Measurement[]): boolean {
  const bar = baselines[0]?.quality.recall10 ?? 0
  const mix = measured.find(({ retriever }) => retriever === 'mix')?.quality.recall10 ?? bar
  if (mix < bar) console.error(`mix recall@10 ${mix.toFixed(3)} is below BM25's ${bar.toFixed(3)}`)
  return mix < bar
}

function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number > 0')
  return value
}

program
  .name('npm run eval --')
  .description('Measure retrieval over a folder with docs.jsonl and queries.jsonl.')
  .argument('<folder>')
  .option('--modes <list>', 'query modes', (list) => list.split(','), ['naive', 'mix'])
  .option('--limit <n>', 'use the first n queries alone', positiveInteger)
  .option('--url <url>', 'measure a running server, in an empty workspace')
  .option('--key <key>', 'API key for that server')
  .option('--json', 'print JSON instead of a table')
  .action(async (folder: string, options: EvalOptions) => {
    process.exitCode = await evaluate(folder, options)
  })
await program.parseAsync()
