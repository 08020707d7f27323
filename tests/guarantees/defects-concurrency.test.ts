import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { startServer } from '../../src/main.ts'
import { startRealProcess } from '../server/real-process.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'
import {
  afterThisTest,
  cleanUpAfterEach,
  deleted,
  engineOver,
  graphOf,
  idOf,
  indexed,
  queued,
  someFolder,
  statuses,
} from './engine-test.ts'
import { documentsOf, postJson } from './model-process.ts'
import { openEngine } from './open-engine.ts'
import { sentenceModels } from './sentence-models.ts'

cleanUpAfterEach()
// One of them starts a real server; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

const SMALL_CHUNKS = { chunkSize: 200, chunkOverlapSize: 20 }
const LONG_TEXT = Array.from(
  { length: 600 },
  (_, i) => `Name${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]} meets Ada ${i}.`,
).join(' ')

/** Only who waits in vain waits so long. */
const PATIENCE_MS = 100_000

/** A door that stays shut until it is opened. */
function door() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('it does not come about')
    await nextTurn()
  }
}

describe('a document that arrives', () => {
  it('is processed without another trigger, at whatever moment it comes', async () => {
    const { rag } = await engineOver(sentenceModels())
    for (let number = 0; number < 60; number++) {
      await queued(rag, `${number}.txt`, `Name meets Ada ${number}.`)
      // At every distance from the end of the run before.
      for (let turn = 0; turn < number; turn++) await nextTurn()
    }
    await rag.idle()
    const left = Object.values(await statuses(rag)).filter((status) => status !== 'processed')
    expect(left).toEqual([])
  })

  it('outlives a clearing that began before it', async () => {
    const { rag } = await engineOver(sentenceModels(), SMALL_CHUNKS)
    for (let round = 0; round < 5; round++) {
      await indexed(rag, 'old.txt', LONG_TEXT)
      const clearing = rag.clearDocuments()
      for (let turn = 0; turn < round; turn++) await nextTurn()
      const text = rag.insertTexts({ texts: [`Eve pays ${round}.`], file_sources: ['new.txt'] })
      const file = rag.insertFile({ file_name: 'new.md' }, bytesOf(`Max pays ${round}.`))
      expect((await text).status).toBe('success')
      expect((await file).status).toBe('success')
      expect((await clearing).status).toBe('success')
      await rag.idle()
      expect(await statuses(rag)).toEqual({ 'new.txt': 'processed', 'new.md': 'processed' })
      await rag.clearDocuments()
    }
  })

  it('outlives the deletion of what it replaces', async () => {
    const { rag } = await engineOver(sentenceModels())
    for (const onConflict of ['replace', 'keep'] as const) {
      await indexed(rag, 'a.txt', 'Ada meets Bob.')
      const reply = await rag.deleteDocuments({ doc_ids: [await idOf(rag, 'a.txt')] })
      expect(reply.status).toBe('deletion_started')
      const again = await rag.insertTexts({
        texts: ['Ada meets Bob.'],
        file_sources: ['a.txt'],
        on_conflict: onConflict,
      })
      expect(again.status).toBe('success')
      await rag.idle()
      expect(await statuses(rag)).toEqual({ 'a.txt': 'processed' })
      expect((await graphOf(rag)).relations.get('Ada - Bob')?.weight).toBe(2)
      await deleted(rag, 'a.txt')
    }
  })
})

describe('a workspace that another process has open', () => {
  it('is refused at once, and its data stay as they are', async () => {
    const folder = await someFolder()
    const server = await startRealProcess(folder)
    afterThisTest(() => server.kill())
    await postJson(server, '/documents/text', { text: 'Ada meets Bob.', file_source: 'a.txt' })
    const open = () => openEngine(join(folder, 'rag_storage', 'default'), sentenceModels())
    await expect(open()).rejects.toMatchObject({ code: 'workspace_locked' })

    const second = await startServer(
      loadConfig({
        HOST: '127.0.0.1',
        PORT: '0',
        WORKING_DIR: join(folder, 'rag_storage'),
        INPUT_DIR: join(folder, 'inputs'),
        LOG_LEVEL: 'silent',
        ...TEST_HOSTS,
      }),
    )
    afterThisTest(() => second.close())
    const reply = await fetch(`${second.url}/documents/text`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Eve meets Max.', file_source: 'b.txt' }),
    })
    expect(reply.status).toBe(503)
    expect((await documentsOf(server)).map(({ file_path }) => file_path)).toEqual(['a.txt'])
  })
})

describe('a document that cannot be processed', () => {
  it('costs no call until somebody asks for it again', async () => {
    const models = sentenceModels()
    let calls = 0
    models.beforeExtraction = ({ filePath }) => {
      if (filePath !== 'poison.txt') return
      calls++
      throw new TypeError('poison')
    }
    const { rag, dir } = await engineOver(models)
    await indexed(rag, 'poison.txt', 'Ada meets Bob.')
    for (let number = 0; number < 5; number++) {
      await indexed(rag, `${number}.txt`, `Eve meets ${number}.`)
    }
    await rag.close()
    const { rag: again } = await openEngine(dir, models)
    afterThisTest(() => again.close())
    await indexed(again, 'after.txt', 'Eve calls Max.')
    expect(calls).toBe(1)
    await again.reprocessFailed()
    await again.idle()
    expect(calls).toBe(2)
    expect((await statuses(again))['poison.txt']).toBe('failed')
  })
})

describe('a document that waits for a summary', () => {
  it('holds up no other, though they share an entity', async () => {
    const models = sentenceModels()
    const { open, opened } = door()
    const { rag } = await engineOver(models, { forceSummaryOnMerge: 2, maxParallelInsert: 2 })
    await indexed(rag, '1.txt', 'Hub meets Ada.')
    let summaries = 0
    models.beforeSummary = async (name) => {
      if (name === 'Hub' && summaries++ === 0) await opened
    }
    await queued(rag, '2.txt', 'Hub meets Bob.')
    await until(() => summaries > 0)
    await queued(rag, '3.txt', 'Hub meets Eve.')
    await until(async () => (await statuses(rag))['3.txt'] === 'processed')
    expect((await statuses(rag))['2.txt']).toBe('processing')
    open()
    await rag.idle()
    expect((await statuses(rag))['2.txt']).toBe('processed')
    const hub = (await graphOf(rag)).entities.get('Hub')
    expect(hub?.description).toContain('Hub, 3 descriptions')
  })

  it('asks for all its summaries side by side', async () => {
    const models = sentenceModels()
    const { open, opened } = door()
    const { rag } = await engineOver(models, { forceSummaryOnMerge: 2 })
    await indexed(rag, '1.txt', 'Ada meets Bob. Eve pays Max.')
    let waiting = 0
    models.beforeSummary = async () => {
      waiting++
      await opened
    }
    await queued(rag, '2.txt', 'Ada calls Bob. Eve calls Max.')
    await until(() => waiting === 6)
    open()
    await rag.idle()
    expect(await statuses(rag)).toEqual({ '1.txt': 'processed', '2.txt': 'processed' })
  })
})

describe('a deletion', () => {
  it('is taken while documents are processed, waits for none, and nobody writes beside it', async () => {
    const models = sentenceModels()
    const { open, opened } = door()
    const { rag } = await engineOver(models)
    await indexed(rag, 'a.txt', 'Ada meets Bob.')
    models.beforeExtraction = () => opened
    await queued(rag, 'b.txt', 'Ada pays Bob.')
    const doc_ids = [await idOf(rag, 'a.txt')]
    expect(await rag.deleteDocuments({ doc_ids })).toMatchObject({
      status: 'deletion_started',
      taken: doc_ids,
    })
    await expect.poll(() => statuses(rag)).toEqual({ 'b.txt': 'processing' })
    await queued(rag, 'c.txt', 'Ada calls Bob.')
    open()
    await rag.idle()
    expect(await statuses(rag)).toEqual({ 'b.txt': 'processed', 'c.txt': 'processed' })
    expect((await graphOf(rag)).relations.get('Ada - Bob')?.weight).toBe(4)
  })
})

describe('a reader', () => {
  it('sees a document whole or not at all, while it is merged and while it is deleted', async () => {
    const { rag } = await engineOver(sentenceModels(), SMALL_CHUNKS)
    const seen = new Set<string>()
    let done = false
    const reading = (async () => {
      while (!done) {
        const { counts } = await rag.status()
        const { chunks, entities, relations } = counts
        const labels = await rag.entityNames()
        seen.add(`${chunks} ${entities} ${relations}`)
        // Asked one after the other, so the two may differ by a whole document, by no part of one.
        expect([0, 101]).toContain(labels.length)
        await nextTurn()
      }
    })()
    await indexed(rag, 'long.txt', LONG_TEXT)
    const whole = (await rag.status()).counts
    await deleted(rag, 'long.txt')
    done = true
    await reading
    expect(whole).toMatchObject({ entities: 101, relations: 100 })
    const states = ['0 0 0', `${whole.chunks} 101 100`]
    expect([...seen].filter((state) => !states.includes(state))).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
  })
})

describe('a cancelled run', () => {
  it('leaves every document pending under its own name, and the next run goes on', async () => {
    const models = sentenceModels()
    models.beforeExtraction = (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    const { rag } = await engineOver(models)
    const labels = Array.from({ length: 6 }, (_, i) => `${i}.txt`)
    for (const label of labels) await queued(rag, label, `Ada meets Bob in ${label}.`)
    await until(async () => Object.values(await statuses(rag)).includes('processing'))
    expect((await rag.cancelPipeline()).status).toBe('cancellation_requested')
    await rag.idle()
    expect(await statuses(rag)).toEqual(
      Object.fromEntries(labels.map((label) => [label, 'pending'])),
    )
    models.beforeExtraction = () => nextTurn()
    await rag.reprocessFailed()
    await rag.idle()
    expect(await statuses(rag)).toEqual(
      Object.fromEntries(labels.map((label) => [label, 'processed'])),
    )
  })

  it('takes no scheduled deletion back: the next run does it, with nothing else to do', async () => {
    const { rag } = await engineOver(sentenceModels())
    await indexed(rag, 'a.txt', 'Ada meets Bob.')
    const { documents } = await rag.listDocuments({})
    const reply = await rag.deleteDocuments({ doc_ids: documents.map(({ id }) => id) })
    expect(reply.status).toBe('deletion_started')
    expect((await rag.cancelPipeline()).status).toBe('cancellation_requested')
    await rag.idle()
    expect(await statuses(rag)).toEqual({ 'a.txt': 'processed' })
    await rag.reprocessFailed()
    await rag.idle()
    expect(await statuses(rag)).toEqual({})
  })
})

async function* bytesOf(content: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(content)
}
