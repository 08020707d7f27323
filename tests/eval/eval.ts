import { basename } from 'node:path'
import { InvalidArgumentError, Option, program } from 'commander'
import { answersReport, failuresReport } from './answers/answers-report.ts'
import { measureAnswers } from './answers/measure-answers.ts'
import { type Half, questionSet } from './answers/question-set.ts'
import { type Dataset, readDataset } from './dataset.ts'
import { EvalClient } from './eval-client.ts'
import { startLocalServer } from './local-server.ts'
import { type Measurement, measureBm25, measureMode } from './measure.ts'
import { openieSettings, startOpenieServer } from './openie.ts'
import { progressBar } from './progress-bar.ts'
import { report } from './report.ts'

interface EvalOptions {
  readonly modes: string[]
  readonly limit?: number
  readonly url?: string
  readonly key?: string
  readonly json?: boolean
  readonly openie?: boolean
}

/** Measures retrieval over one data set. Resolves to the exit status. */
async function evaluate(folder: string, options: EvalOptions): Promise<number> {
  const dataset = await readDataset(folder, options.limit)
  const baselines = [measureBm25(dataset, false), measureBm25(dataset, true)]
  const { rate, measured } =
    options.url === undefined
      ? await measureLocally(dataset, options.modes)
      : await measureServer(new EvalClient(options.url, options.key), dataset, options.modes)
  const extracted = options.openie ? await measureOpenie(folder, dataset, options.modes) : []
  const result = {
    dataset: basename(folder),
    documents: dataset.documents.length,
    queries: dataset.queries.length,
    documentsPerSecond: rate,
    measurements: [...baselines, ...measured, ...extracted],
  }
  console.log(options.json ? JSON.stringify(result, null, 2) : report(result))
  return beaten(baselines, measured) ? 1 : 0
}

async function measureServer(client: EvalClient, dataset: Dataset, modes: readonly string[]) {
  const start = performance.now()
  await client.load(dataset.documents, progressBar('documents', dataset.documents.length))
  const rate = dataset.documents.length / ((performance.now() - start) / 1000)
  const measured: Measurement[] = []
  for (const mode of modes) {
    const bar = progressBar(mode, dataset.queries.length)
    measured.push(await measureMode(client, dataset.queries, mode, bar))
  }
  return { rate, measured }
}

async function measureLocally(
  dataset: Dataset,
  modes: readonly string[],
  settings: Readonly<Record<string, string>> = {},
) {
  const server = await startLocalServer(settings)
  try {
    return await measureServer(new EvalClient(server.url), dataset, modes)
  } finally {
    await server.close()
  }
}

/** The same with a graph that a language model once extracted. */
async function measureOpenie(folder: string, dataset: Dataset, modes: readonly string[]) {
  const models = await startOpenieServer(folder)
  try {
    const { measured } = await measureLocally(dataset, modes, openieSettings(models))
    return measured.map((row) => ({ ...row, retriever: `${row.retriever}, OpenIE` }))
  } finally {
    await models.close()
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
  .option('--openie', 'measure once more, with extraction answered from openie.jsonl')
  .option('--json', 'print JSON instead of a table')
  .action(async (folder: string, options: EvalOptions) => {
    process.exitCode = await evaluate(folder, options)
  })
program
  .command('answers')
  .description(
    'Measure answers without a model over the documents and questions of tests/eval/answers.',
  )
  .addOption(new Option('--half <half>', 'ask one half alone').choices(['blind', 'known']))
  .option('--failures', 'print what is not right')
  .action(async ({ half, failures }: { half?: Half; failures?: boolean }) => {
    const judged = await measureAnswers(await questionSet(half && [half]))
    if (failures) console.log(failuresReport(judged))
    console.log(answersReport(judged))
  })
await program.parseAsync()
