import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentHash } from '../../src/engine/documents/identifiers.ts'
import { summaryOf } from '../../src/engine/documents/summary-of.ts'
import type { EngineSettings } from '../../src/engine/ports/settings.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import { type OpenEngine, openEngine } from './open-engine.ts'
import { quickFolder } from './quick-folder.ts'
import { type SentenceModels, sentenceModels } from './sentence-models.ts'
import { workspaceRows } from './workspace-rows.ts'

const RUNS = Number(process.env.GUARANTEE_RUNS ?? 200)

/** Small enough that documents have several chunks and items meet every limit. */
const SETTINGS: Partial<EngineSettings> = {
  chunkSize: 12,
  chunkOverlapSize: 4,
  forceSummaryOnMerge: 3,
  maxDescriptions: 4,
  maxSourceIdsPerEntity: 6,
  maxSourceIdsPerRelation: 5,
  maxFilePaths: 3,
}

const label = fc.constantFrom('a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt', 'f.txt')
const person = fc.constantFrom('Ada', 'Bob', 'Eve', 'Max', 'Zoë')
const sentence = fc
  .tuple(person, fc.constantFrom('meets', 'pays', 'calls'), person)
  .map((words) => `${words.join(' ')}.`)
const text = fc
  .tuple(fc.array(sentence, { minLength: 1, maxLength: 6 }), fc.boolean())
  .map(([sentences, poisoned]) => [...sentences, ...(poisoned ? ['poison'] : [])].join(' '))

/** `settle` waits until nothing is under way; without it the next step meets it in flight. */
const step = fc.record({
  settle: fc.boolean(),
  act: fc.oneof(
    { weight: 4, arbitrary: fc.record({ insert: label, text }) },
    { weight: 4, arbitrary: fc.record({ replace: label, text }) },
    { weight: 1, arbitrary: fc.record({ upload: label, text, replace: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ delete: fc.uniqueArray(label, { maxLength: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ reprocess: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constantFrom('reopen', 'cancel', 'clear' as const) },
  ),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** A workspace that is told to do things, and what was acknowledged of them. */
class Told {
  readonly acknowledged = new Map<string, string>()
  readonly #dir: string
  readonly #models: SentenceModels = sentenceModels()
  #engine: OpenEngine | null = null
  #poisonous = true

  constructor(dir: string) {
    this.#dir = dir
    this.#models.beforeExtraction = ({ text: chunk }) => {
      if (this.#poisonous && chunk.includes('poison')) throw new TypeError('poisoned')
    }
  }

  async engine(): Promise<OpenEngine> {
    this.#engine ??= await openEngine(this.#dir, this.#models, SETTINGS)
    return this.#engine
  }

  async do({ act, settle }: Step): Promise<void> {
    const { rag } = await this.engine()
    if (act === 'reopen') await this.close()
    else if (act === 'cancel') await rag.cancelPipeline()
    else if (act === 'clear') {
      if ((await rag.clearDocuments()).status === 'success') this.acknowledged.clear()
    } else if ('reprocess' in act) {
      this.#poisonous = act.reprocess
      await rag.reprocessFailed()
    } else if ('delete' in act) await this.#delete(act.delete)
    else await this.#insert(act)
    if (settle) await (await this.engine()).rag.idle()
  }

  /** Everything that can be processed is. */
  async finish(): Promise<void> {
    this.#poisonous = false
    const { rag } = await this.engine()
    await rag.idle()
    await rag.reprocessFailed()
    await rag.idle()
    await this.close()
  }

  async close(): Promise<void> {
    await this.#engine?.rag.close()
    this.#engine = null
  }

  async #insert(act: Extract<Step['act'], { readonly text: string }>): Promise<void> {
    const { rag } = await this.engine()
    const file = 'insert' in act ? act.insert : 'upload' in act ? act.upload : act.replace
    const onConflict = 'insert' in act || act.replace === false ? 'keep' : 'replace'
    const reply =
      'upload' in act
        ? await rag.insertFile({ file_name: file, on_conflict: onConflict }, bytesOf(act.text))
        : await rag.insertTexts({
            texts: [act.text],
            file_sources: [file],
            on_conflict: onConflict,
          })
    if (reply.status === 'success') this.acknowledged.set(file, act.text)
  }

  async #delete(labels: readonly string[]): Promise<void> {
    const { rag, store } = await this.engine()
    const found = await Promise.all(labels.map((path) => store.documents.byPath(path)))
    const ids = found.flatMap((document) => document?.id ?? [])
    if (ids.length === 0) return
    const reply = await rag.deleteDocuments({ doc_ids: ids })
    if (reply.status !== 'deletion_started') return
    for (const path of labels) this.acknowledged.delete(path)
  }
}

async function* bytesOf(content: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(content)
}

/** The documents that `from` holds, in a workspace that never held anything else. */
async function fresh(from: Store, dir: string): Promise<Map<string, string>> {
  const models = sentenceModels()
  const query = { statuses: null, sortField: 'id', sortDirection: 'desc' } as const
  const { documents } = await from.documents.list({ ...query, offset: 0, limit: 100 })
  const texts = new Map<string, string>()
  const { rag, store } = await openEngine(dir, models, SETTINGS)
  for (const { id, filePath } of documents) {
    const body = (await from.documents.text(id)) ?? ''
    texts.set(filePath, body)
    const rest = { trackId: 't', metadata: {}, storedFile: null }
    const document = { id, filePath, text: body, contentHash: contentHash(body), ...rest }
    await store.queue.enqueue([{ ...document, ...summaryOf(body) }], { onConflict: 'keep' })
  }
  await rag.reprocessFailed()
  await rag.idle()
  await rag.close()
  return texts
}

describe('a workspace', () => {
  it(`equals, after any of ${RUNS} histories, one that was only given the surviving documents`, async () => {
    let survivors = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const folder = await quickFolder()
        const used = join(folder.path, 'used')
        const told = new Told(used)
        try {
          for (const one of steps) await told.do(one)
          await told.finish()
          const { store } = await told.engine()
          const texts = await fresh(store, join(folder.path, 'fresh'))
          await told.close()
          survivors += texts.size
          expect(texts).toEqual(told.acknowledged)
          expect(workspaceRows(used)).toEqual(workspaceRows(join(folder.path, 'fresh')))
        } finally {
          await told.close()
          await folder.remove()
        }
      }),
      { numRuns: RUNS },
    )
    expect(survivors).toBeGreaterThan(RUNS)
  }, 600_000)
})
