import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LightRag } from '../../src/engine/light-rag.ts'
import type { LightRagParts } from '../../src/engine/light-rag-parts.ts'
import type { BackgroundJobs } from '../../src/engine/pipeline/pipeline.ts'
import type { PipelineEvent } from '../../src/engine/pipeline/pipeline-event.ts'
import { NO_WATCH } from '../../src/engine/pipeline/work-watch.ts'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import type { TextCutter } from '../../src/engine/ports/text-cutter.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { TextThreads, type TextThreadsOptions } from '../../src/texts/text-threads.ts'
import { textsApart } from '../../src/texts/texts-apart.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { longText, PLANTED } from './planted-texts.ts'

const MB = 1024 * 1024
let dir: string
let threads: TextThreads
/** What ended, in order, as "workspace name status". */
let ended: string[]
const open: LightRag[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'texts-'))
  ended = []
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()))
  threads.close()
  await rm(dir, { recursive: true, force: true })
})

function planted(options: TextThreadsOptions = {}): void {
  threads = new TextThreads({
    worker: new URL('./planted-worker.ts', import.meta.url),
    ...options,
  })
}

/** An engine of one workspace; all of them in this process and on the same threads. */
async function engineOf(
  workspace: string,
  parts: Pick<LightRagParts, 'background' | 'cutter' | 'watch'> = {},
): Promise<LightRag> {
  const models = offlineModels(tokenCount)
  const store = await openSqliteStore({ dir: join(dir, workspace), embedding: models.embedding })
  const engine = await LightRag.open({
    store,
    ...textsApart(threads, workspace, models),
    ...parts,
    files: filesIn(join(dir, workspace, 'inputs')),
    onEvent: (event: PipelineEvent) => {
      if (event.type === 'done' || event.type === 'failed') {
        ended.push(`${workspace} ${event.document.filePath} ${event.type}`)
      }
    },
  })
  open.push(engine)
  return engine
}

const neverRun: BackgroundJobs = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const insert = (engine: LightRag, texts: Readonly<Record<string, string>>) =>
  engine.insertTexts({ texts: Object.values(texts), file_sources: Object.keys(texts) })

async function reasonOf(engine: LightRag, filePath: string): Promise<string | undefined> {
  const { statuses } = await engine.documentsByStatus()
  return statuses.failed?.find((one) => one.file_path === filePath)?.error_msg ?? undefined
}

describe('a text on which the work never ends', () => {
  it.each(['cut', 'extract', 'embed'])(
    'fails with a reason when that is to %s, and others are processed meanwhile',
    async (kind) => {
      planted({ cpuMs: 500 })
      const [culprit, neighbour] = await Promise.all([engineOf('culprit'), engineOf('neighbour')])
      let turns = 0
      const beat = setInterval(() => turns++, 10)
      await insert(culprit, {
        'bad.txt': longText(`${PLANTED.spin}-${kind}`),
        'good.txt': longText('good'),
      })
      await insert(neighbour, { 'large.txt': longText('large'), 'small.txt': 'Ann met Bo.' })
      await Promise.all([culprit.idle(), neighbour.idle()])
      clearInterval(beat)
      expect([...ended].sort()).toEqual([
        'culprit bad.txt failed',
        'culprit good.txt done',
        'neighbour large.txt done',
        'neighbour small.txt done',
      ])
      expect(await reasonOf(culprit, 'bad.txt')).toMatch(/more than 1 seconds of a processor/)
      expect(ended.at(-1)).toMatch(/^culprit/)
      expect(turns).toBeGreaterThan(10)
    },
  )
})

describe('a text that takes all memory', () => {
  it('fails with a reason, and neither the process nor what others do', async () => {
    planted({ maxBytes: 128 * MB, cpuMs: 600_000 })
    const [culprit, neighbour] = await Promise.all([engineOf('culprit'), engineOf('neighbour')])
    await insert(culprit, { 'bad.txt': longText(`${PLANTED.growth}-extract`) })
    await insert(neighbour, { 'large.txt': longText('large') })
    await Promise.all([culprit.idle(), neighbour.idle()])
    expect([...ended].sort()).toEqual(['culprit bad.txt failed', 'neighbour large.txt done'])
    expect(await reasonOf(culprit, 'bad.txt')).toMatch(/more memory than it may take/)
  })
})

describe('a huge text', () => {
  it('keeps no document of another workspace waiting', async () => {
    threads = new TextThreads()
    const [huge, small] = await Promise.all([engineOf('huge'), engineOf('small')])
    await insert(huge, { 'huge.txt': longText('huge', 800_000) })
    const texts = Array.from({ length: 20 }, (_, i) => [`${i}.txt`, longText(`number ${i}`, 1000)])
    await insert(small, Object.fromEntries(texts))
    await Promise.all([huge.idle(), small.idle()])
    expect(ended).toHaveLength(21)
    expect(ended.at(-1)).toBe('huge huge.txt done')
  })
})

describe('a text that once ended a process', () => {
  it('is worked on apart, however short it is', async () => {
    planted({ cpuMs: 500 })
    const begun = await engineOf('culprit', { background: neverRun })
    await insert(begun, { 'bad.txt': `Ann met Bo. ${PLANTED.spin}-cut` })
    await begun.close()
    const { embedding } = offlineModels()
    const store = await openSqliteStore({ dir: join(dir, 'culprit'), embedding })
    await store.queue.claim('the life that ended', 1)
    await store.close()
    const blame = async () => 'it stood still'
    const engine = await engineOf('culprit', { watch: { ...NO_WATCH, life: 'the next', blame } })
    await engine.idle()
    expect(ended).toEqual(['culprit bad.txt failed'])
    expect(await reasonOf(engine, 'bad.txt')).toMatch(/seconds of a processor/)
  })
})

it('cuts a text that failed apart as well when its answers are to be forgotten', async () => {
  planted()
  const apart: (boolean | undefined)[] = []
  const cutter: TextCutter = {
    cut: async (_, options) => {
      apart.push(options.apart)
      throw new EngineError('invalid_argument', 'It cannot be cut.')
    },
  }
  const engine = await engineOf('culprit', { cutter })
  await insert(engine, { 'bad.txt': 'Ann met Bo.' })
  await engine.idle()
  await engine.deleteDocuments({ file_paths: ['bad.txt'], delete_llm_cache: true })
  await engine.idle()
  expect(apart).toEqual([false, true])
  expect((await engine.statusCounts()).status_counts.all).toBe(0)
})

it('ends with the engines of a server that closes, and leaves its document for the next start', async () => {
  planted()
  const engine = await engineOf('culprit')
  await insert(engine, { 'bad.txt': longText(`${PLANTED.spin}-cut`) })
  await expect.poll(() => threads.size).toBe(1)
  await engine.close()
  expect(threads.size).toBe(0)
  expect(ended).toEqual([])
})
