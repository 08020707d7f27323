import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { applyBeside } from '../../../src/engine/merge/apply-beside.ts'
import type { ChangeParts } from '../../../src/engine/merge/ask-models.ts'
import { changeParts } from '../../../src/engine/merge/change-parts.ts'
import { attemptBy } from '../../../src/engine/pipeline/publish-document.ts'
import { EngineError, ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import { ModelHealth } from '../../../src/engine/ports/model-health.ts'
import type { EmbeddingModel, Summarizer } from '../../../src/engine/ports/models.ts'
import { DEFAULT_SETTINGS } from '../../../src/engine/ports/settings.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { change, entity } from '../../stores/samples.ts'
import { GraphEngine } from '../graph-engine.ts'

const EMBED = { lane: 'query', mayLeavePending: false } as const
/** So many that a summary is made of them. */
const OTHERS = Array.from({ length: DEFAULT_SETTINGS.forceSummaryOnMerge }, (_, i) => `did ${i}`)

/** Models that tell whether one of them was asked within an exclusive section. */
function watchedModels() {
  const section = new AsyncLocalStorage<true>()
  const asked = { beside: 0, within: 0 }
  const outage = { now: false }
  const meanwhile = { run: async (_texts: readonly string[]) => {} }
  const note = () => {
    if (outage.now) throw new ModelUnavailable('out')
    asked[section.getStore() ? 'within' : 'beside']++
  }
  const offline = offlineModels(tokenCount)
  const embedding: EmbeddingModel = {
    id: offline.embedding.id,
    dimension: offline.embedding.dimension,
    embed: async (texts, options) => {
      note()
      await meanwhile.run(texts)
      return offline.embedding.embed(texts, options)
    },
  }
  const summarizer: Summarizer = {
    id: 'test/summaries',
    summarize: async (_subject, texts) => {
      note()
      return texts[0] ?? ''
    },
  }
  /** @param before runs before each section that is asked for */
  const watch = ({ graph }: Store, before: () => Promise<unknown> = async () => undefined) => {
    const run = graph.exclusively
    vi.spyOn(graph, 'exclusively').mockImplementation(async (work) => {
      await before()
      return run(() => section.run(true, work))
    })
  }
  return { models: { embedding, summarizer }, asked, outage, meanwhile, watch }
}

describe('an exclusive section', () => {
  let engine: GraphEngine
  afterEach(async () => {
    await engine.stop()
  })

  const start = async () => {
    const watched = watchedModels()
    engine = await GraphEngine.start(watched.models)
    return watched
  }

  it('asks no model while documents come and go', async () => {
    const { asked, watch } = await start()
    watch(engine.store)
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await engine.insert(name, `Ada|person|did ${name}`, 'Bob|person|met')
    for (const name of names.slice(0, 2)) await engine.remove(name)
    expect(asked.within).toBe(0)
    expect(asked.beside).toBeGreaterThan(names.length)
    expect(await engine.badVectors()).toEqual([])
  })

  it('asks no model for what persons do to the graph', async () => {
    const { asked, watch } = await start()
    const { rag } = engine
    await engine.insert('a', 'Ada|person|wrote', 'Bob|person|met', 'Ada~Bob|work|they met|1')
    watch(engine.store)
    const before = asked.beside
    await rag.entityCreate({ entity_name: 'Eve', entity_data: { description: 'came' } })
    const ends = { source_entity: 'Eve', target_entity: 'Ada' }
    await rag.relationCreate({ ...ends, relation_data: { description: 'knows' } })
    await rag.entityEdit({ entity_name: 'Eve', updated_data: { description: 'left' } })
    const pair = { source_id: 'Eve', target_id: 'Ada' }
    await rag.relationEdit({ ...pair, updated_data: { description: 'knew' } })
    await rag.mergeEntities({ entities_to_change: ['Bob'], entity_to_change_into: 'Ada' })
    await rag.deleteRelation({ source_entity: 'Eve', target_entity: 'Ada' })
    await rag.deleteEntity({ entity_name: 'Eve' })
    expect(asked.within).toBe(0)
    expect(asked.beside).toBeGreaterThan(before + 4)
    expect(await engine.badVectors()).toEqual([])
  })

  it('asks no model for vectors that are pending, and gives each text its own', async () => {
    const { asked, outage, meanwhile, watch } = await start()
    for (const name of ['a', 'b']) await engine.insert(name, `Ada|person|did ${name}`)
    outage.now = true
    await engine.remove('a')
    expect((await engine.store.graph.pendingEmbeddings(10)).entities).toHaveLength(1)
    outage.now = false
    watch(engine.store)
    let rivals = 0
    meanwhile.run = async (texts) => {
      if (!texts.some((text) => text.startsWith('Ada')) || rivals++ > 0) return
      const other = entity('Ada', { description: 'did something else', vector: null })
      await engine.store.graph.apply(change({ entities: [other] }))
    }
    await engine.insert('c', 'Bob|person|came')
    expect(rivals).toBeGreaterThan(1)
    expect(asked.within).toBe(0)
    expect(await engine.entity('Ada')).toMatchObject({ description: 'did something else' })
    expect(await engine.badVectors()).toEqual([])
  })

  describe('of a change that others are quicker than', () => {
    const race = async (rivals: number, textAt: (version: number) => string) => {
      const { asked, watch, models } = await start()
      const { store } = engine
      let rival = 0
      watch(store, async () => {
        if (rival++ >= rivals) return
        const entities = [entity(`Rival ${rival}`, { vector: null })]
        await store.graph.apply(change({ entities }))
      })
      const check = { health: new ModelHealth(), probe: null }
      const attempt = attemptBy({ checks: { llm: check, embedding: check } }, EMBED)
      const parts = changeParts(
        { store, settings: DEFAULT_SETTINGS, models: { ...engine.models, ...models } },
        attempt,
      )
      const prepare = async ({ describe, embed }: ChangeParts) => {
        const texts = [textAt(await store.dataVersion()), ...OTHERS]
        const text = await describe({ kind: 'entity', name: 'Ada' }, texts, EMBED)
        const vector = (await embed([text], EMBED)).get(text) ?? null
        return change({ entities: [entity('Ada', { description: text, vector })] })
      }
      const made = await applyBeside(parts, prepare, (prepared) => store.graph.apply(prepared))
      const versions = await store.dataVersion()
      return { made, asked, rounds: rival, versions, ada: await engine.entity('Ada') }
    }

    it('makes it from what models have said, however many others there are', async () => {
      const { made, asked, rounds, ada } = await race(100, () => 'always the same')
      expect(made).toBe(true)
      expect(rounds).toBe(3)
      expect(asked).toEqual({ beside: 2, within: 0 })
      expect(ada).toMatchObject({ description: 'always the same' })
    })

    it('asks beside it for what they have not said, and makes the change as things stand', async () => {
      const { asked, versions, ada } = await race(6, (version) => `as of ${version}`)
      expect(asked).toEqual({ beside: 2 * 7, within: 0 })
      expect(ada).toMatchObject({ description: `as of ${versions - 1}` })
    })

    it('makes nothing, and asks nobody again, when the change itself fails', async () => {
      const failing = race(100, () => {
        throw new EngineError('entity_not_found', 'gone')
      })
      await expect(failing).rejects.toMatchObject({ code: 'entity_not_found' })
    })
  })
})
