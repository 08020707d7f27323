import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { LightRag } from '../../src/engine/light-rag.ts'
import { buildModels } from '../../src/server/models/build-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import {
  afterThisTest,
  cleanUpAfterEach,
  deleted,
  engineOver,
  graphOf,
  indexed,
  queued,
  someFolder,
  statuses,
} from './engine-test.ts'
import { modelEnv } from './model-process.ts'
import { openEngine } from './open-engine.ts'
import { sentenceModels } from './sentence-models.ts'
import { crashCopy, VisibleRows } from './visible-rows.ts'

cleanUpAfterEach()

/** Enough rows that publishing them takes many slices. */
const LONG = Array.from({ length: 600 }, (_, i) => `Name${letters(i)} meets Other${letters(i)}.`)
const LONG_TEXT = LONG.join(' ')
const SMALL_CHUNKS = { chunkSize: 200, chunkOverlapSize: 20 }

/** Digits are no part of the names that the models here see. */
function letters(number: number): string {
  return [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
}

/** Looks at the file again and again until the work is done; returns how often. */
async function watching(dir: string, work: Promise<unknown>, look: (rows: VisibleRows) => void) {
  const rows = new VisibleRows(dir)
  let done = false
  const end = work.finally(() => {
    done = true
  })
  let looks = 0
  try {
    while (!done) {
      look(rows)
      looks++
      for (let turn = 0; turn < 3; turn++) await nextTurn()
    }
    await end
    look(rows)
  } finally {
    rows.close()
  }
  return looks
}

describe('what is on disk', () => {
  it('never calls a document processed before all that it says is there', async () => {
    const { rag, dir } = await engineOver(sentenceModels(), SMALL_CHUNKS)
    const seen = new Set<string>()
    const looks = await watching(dir, indexed(rag, 'long.txt', LONG_TEXT), (rows) => {
      expect(rows.contradictions()).toEqual([])
      seen.add(`${rows.statuses()} ${rows.count('entities')}`)
    })
    expect(looks).toBeGreaterThan(5)
    seen.delete('pending 0')
    expect([...seen].toSorted()).toEqual([' 0', 'processed 1200', 'processing 0'])
  })

  it('is one file with one commit point, whole after a crash that tears its log anywhere', async () => {
    const { rag, dir } = await engineOver(sentenceModels(), SMALL_CHUNKS)
    for (const number of [1, 2, 3]) {
      await indexed(rag, `${number}.txt`, LONG.slice(number * 60, number * 60 + 60).join(' '))
    }
    await deleted(rag, '2.txt')
    const files = (await readdir(dir)).filter((name) => !/^lock\.db|^inputs$/.test(name))
    expect(files.toSorted()).toEqual(['rag.db', 'rag.db-shm', 'rag.db-wal'])
    for (let share = 0; share <= 12; share++) {
      const copy = join(await someFolder(), `torn-${share}`)
      await crashCopy(dir, copy, share / 12)
      const rows = new VisibleRows(copy)
      expect(rows.integrity()).toBe('ok')
      // A log cut off before its first commit has no tables yet, and nothing to contradict.
      if (share > 2) expect(rows.contradictions()).toEqual([])
      rows.close()
    }
  })

  it('fails a document whose rows cannot be written, shows none of it, and says so', async () => {
    const { rag, dir } = await engineOver(sentenceModels())
    await indexed(rag, 'first.txt', 'Ada meets Bob.')
    const rows = new VisibleRows(dir)
    afterThisTest(async () => rows.close())
    for (const table of ['relation_vectors', 'entities', 'chunk_texts']) {
      rows.exec(`CREATE TRIGGER broken BEFORE INSERT ON ${table}
        BEGIN SELECT RAISE(ABORT, 'out of order'); END`)
      await rag.insertTexts({
        texts: [`Eve meets Ada in ${table}.`],
        file_sources: ['second.txt'],
        on_conflict: 'replace',
      })
      await rag.idle()
      const { documents } = await rag.listDocuments({ status_filter: 'failed' })
      expect(documents.map(({ file_path }) => file_path)).toEqual(['second.txt'])
      expect(documents[0]?.error_msg).toBeTruthy()
      expect(await rag.entityNames()).toEqual(['Ada', 'Bob'])
      expect(rows.contradictions()).toEqual([])
      rows.exec('DROP TRIGGER broken')
    }
    await rag.reprocessFailed()
    await rag.idle()
    expect(await rag.entityNames()).toEqual(['Ada', 'Bob', 'Eve'])
  })

  it('holds every answer of a model as soon as it came', async () => {
    const models = await startModelServer()
    afterThisTest(() => models.close())
    const config = loadConfig({ ...modelEnv(models), MAX_ASYNC: '1' })
    const folder = await someFolder()
    const provider = await buildModels(config)
    const open = async (dir: string) => {
      const store = await openSqliteStore({ dir, embedding: provider.embedding })
      const settings = { chunkSize: 40, chunkOverlapSize: 4 }
      const rag = await LightRag.open({
        store,
        models: provider.of(dir, store),
        settings,
        files: filesIn(join(dir, 'inputs')),
      })
      afterThisTest(() => rag.close())
      return rag
    }
    const rag = await open(join(folder, 'first'))
    models.hold(() => models.callsOf('chat').length > 5)
    await queued(rag, 'report.txt', LONG.slice(0, 60).join(' '))
    // In the middle of the document, with one call on its way.
    await models.until(() => models.callsOf('chat').length === 6)
    const asked = models.callsOf('chat').length
    await crashCopy(join(folder, 'first'), join(folder, 'crashed'))
    models.release()
    await rag.idle()
    const whole = models.distinctPrompts
    const before = models.callsOf('chat').length
    const again = await open(join(folder, 'crashed'))
    await again.idle()
    expect(await statuses(again)).toEqual({ 'report.txt': 'processed' })
    expect(models.distinctPrompts).toBe(whole)
    expect(models.callsOf('chat').length - before).toBe(whole - asked + 1)
  })

  it('reads back whatever characters a model used', async () => {
    const models = sentenceModels()
    const odd = '\u0000\u0001\u0008\u000b\u001b\ufffe\uffff\ud800 <&]]>"\' 😀'
    models.extractor.extract = async () => ({
      entities: [
        { name: `Ada${odd}`, type: 'person', description: `odd ${odd}` },
        { name: 'Bob', type: 'person', description: odd },
      ],
      relations: [
        { source: `Ada${odd}`, target: 'Bob', keywords: odd, description: odd, weight: 1 },
      ],
    })
    models.summarizer.summarize = async () => `summary ${odd}`
    const settings = { forceSummaryOnMerge: 2 }
    const { rag, dir } = await engineOver(models, settings)
    await indexed(rag, 'a.txt', 'One.')
    await indexed(rag, 'b.txt', 'Two.')
    const before = await graphOf(rag)
    await rag.close()
    const { rag: again } = await openEngine(dir, models, settings)
    afterThisTest(() => again.close())
    expect(await graphOf(again)).toEqual(before)
    expect(before.entities.size).toBe(2)
    expect(before.relations.size).toBe(1)
    expect(JSON.parse(JSON.stringify([...before.entities]))).toHaveLength(2)
  })

  it('has no entity that names a deleted chunk, at any moment of a deletion', async () => {
    const { rag, dir } = await engineOver(sentenceModels(), SMALL_CHUNKS)
    await indexed(rag, 'kept.txt', LONG.slice(0, 100).join(' '))
    await indexed(rag, 'long.txt', LONG_TEXT)
    const seen = new Set<number>()
    const looks = await watching(dir, deleted(rag, 'long.txt'), (rows) => {
      expect(rows.contradictions()).toEqual([])
      seen.add(rows.count('entities'))
    })
    expect(looks).toBeGreaterThan(3)
    expect([...seen]).toEqual([1200, 200])
  })
})
