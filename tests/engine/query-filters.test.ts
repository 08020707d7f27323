import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Extraction, ExtractionInput } from '../../src/engine/ports/models.ts'
import { QUERY_MODES, type QueryFilters } from '../../src/engine/retrieve/query-calls.ts'
import { type Found, openEngine, type TestEngine } from './open-engine.ts'

/**
 * `Harbour (place): … ; Harbour - Crane (lifting): …` becomes two kinds of records, so that a test
 * says itself what the graph holds.
 */
async function extract({ text }: ExtractionInput): Promise<Extraction> {
  const entities = [...text.matchAll(/(\w+) \((\w+)\): ([^;]+);/g)].map(
    ([, name = '', type = '', description = '']) => ({ name, type, description }),
  )
  const relations = [...text.matchAll(/(\w+) ~ (\w+): ([^;]+);/g)].map(
    ([, source = '', target = '', description = '']) => ({
      source,
      target,
      description,
      keywords: 'work',
      weight: 1,
    }),
  )
  return { entities, relations }
}

const DAY =
  'Harbour (place): the harbour of daylight; Crane (machine): a yellow crane; Harbour ~ Crane: the crane serves the harbour by day;'
const NIGHT =
  'Harbour (place): the harbour of darkness; Lantern (thing): a red lantern; Harbour ~ Lantern: the lantern lights the harbour; Harbour ~ Crane: the crane rests at night;'
const HILL = 'Hill (place): a green hill; Tower (building): a tower of stone; Hill ~ Tower: on top;'
const EVERYTHING = 'Harbour Crane Lantern Hill Tower'

let engine: TestEngine
let ids: Record<'day' | 'night' | 'hill', string>
beforeEach(async () => {
  engine = await openEngine({ extractor: { id: 'spelled-out', extract } })
  await engine.insert({
    texts: [DAY, NIGHT, HILL],
    file_sources: ['day.txt', 'night.txt', 'hill.txt'],
    external_ids: ['d', 'n', null],
    tags: [['port', 'open'], ['port', 'dark'], null],
    metadata: [{ year: 2023, areas: ['quay', 'dock'] }, { year: 2024, draft: true }, null],
  })
  const { documents } = await engine.rag.listDocuments({})
  const idOf = (path: string) => documents.find((doc) => doc.file_path === path)?.id ?? ''
  ids = { day: idOf('day.txt'), night: idOf('night.txt'), hill: idOf('hill.txt') }
})
afterEach(() => engine.close())

const filesOf = ({ chunks }: Found) => [...new Set(chunks.map((chunk) => chunk.file_path))].sort()
const namesOf = ({ entities }: Found) => entities.map((entity) => entity.entity_name).sort()

async function filesWith(filters: QueryFilters): Promise<string[]> {
  return filesOf(await engine.find({ query: EVERYTHING, filters }))
}

describe('filters of a question', () => {
  it('choose documents by id, external id, path, tag and metadata', async () => {
    expect(await filesWith({ document_ids: [ids.hill, 'unknown'] })).toEqual(['hill.txt'])
    expect(await filesWith({ external_ids: ['n'] })).toEqual(['night.txt'])
    expect(await filesWith({ file_paths: ['day.txt', 'hill.txt'] })).toEqual([
      'day.txt',
      'hill.txt',
    ])
    expect(await filesWith({ tags: ['port'] })).toEqual(['day.txt', 'night.txt'])
    expect(await filesWith({ tags: ['dark', 'open'] })).toEqual(['day.txt', 'night.txt'])
    expect(await filesWith({ metadata: { year: 2024 } })).toEqual(['night.txt'])
    expect(await filesWith({ metadata: { year: [2023, 2024], draft: true } })).toEqual([
      'night.txt',
    ])
    expect(await filesWith({ metadata: { areas: 'dock' } })).toEqual(['day.txt'])
    expect(await filesWith({ metadata: { year: '2024' } })).toEqual([])
  })

  it('hold together, and none of them means all', async () => {
    expect(await filesWith({ tags: ['port'], metadata: { year: 2023 } })).toEqual(['day.txt'])
    expect(await filesWith({ tags: ['port'], document_ids: [ids.hill] })).toEqual([])
    expect(await filesWith({ document_ids: [] })).toEqual([])
    expect(await filesWith({ tags: null })).toEqual(['day.txt', 'hill.txt', 'night.txt'])
    expect(await filesWith({})).toEqual(['day.txt', 'hill.txt', 'night.txt'])
  })

  it.each(QUERY_MODES.filter((mode) => mode !== 'bypass'))(
    'let nothing of other documents into the %s mode',
    async (mode) => {
      const wide = await engine.rag.queryData({ query: EVERYTHING, mode })
      expect(JSON.stringify(wide)).toMatch(/night|darkness/)
      const query = { query: EVERYTHING, mode, filters: { file_paths: ['day.txt'] } }
      const data = JSON.stringify((await engine.rag.queryData(query)).data)
      expect(data).toMatch(/daylight/)
      expect(data).not.toMatch(/darkness|at night|Lantern|Hill|Tower|night\.txt|hill\.txt/)
      const { response, references } = await engine.rag.query({
        ...query,
        only_need_context: true,
        include_chunk_content: true,
      })
      expect(response).not.toMatch(/darkness|at night|Lantern|Hill|Tower|night\.txt|hill\.txt/)
      expect(references?.map(({ file_path }) => file_path)).toEqual(['day.txt'])
    },
  )

  it('describe what several documents speak of from those that are left', async () => {
    const only = async (filters: QueryFilters) => {
      const found = await engine.find({ query: EVERYTHING, filters })
      const harbour = found.entities.find((entity) => entity.entity_name === 'Harbour')
      const crane = found.relationships.find(
        ({ src_id, tgt_id }) => [src_id, tgt_id].sort().join() === 'Crane,Harbour',
      )
      return [harbour?.description, harbour?.file_path, crane?.description, crane?.weight]
    }
    expect(await only({ file_paths: ['day.txt'] })).toEqual([
      'the harbour of daylight',
      'day.txt',
      'the crane serves the harbour by day',
      1,
    ])
    const both = await only({ tags: ['port'] })
    expect(both).toEqual(await only({}))
    expect(both[3]).toBe(2)
  })

  it('come before the ranking: the best of what is left is found behind many better ones', async () => {
    await engine.insert({
      texts: Array.from({ length: 150 }, (_, i) => `Tower (building): tower Tower tower ${i};`),
    })
    const found = await engine.find({
      query: 'Tower',
      chunk_top_k: 1,
      top_k: 1,
      filters: { document_ids: [ids.hill] },
    })
    expect(filesOf(found)).toEqual(['hill.txt'])
    expect(namesOf(found)).toEqual(['Tower'])
  })

  it('see what was published, deleted or labelled since', async () => {
    const query = { query: `${EVERYTHING} Barge`, filters: { tags: ['new'] } }
    expect(filesOf(await engine.find(query))).toEqual([])
    await engine.rag.updateDocument(ids.day, { tags: ['new'] })
    expect(filesOf(await engine.find(query))).toEqual(['day.txt'])
    await engine.insert({
      texts: ['Barge (ship): a slow barge;'],
      file_sources: ['barge.txt'],
      tags: [['new']],
    })
    expect(filesOf(await engine.find(query))).toContain('barge.txt')
    await engine.rag.deleteDocuments({ doc_ids: [ids.day] })
    await engine.rag.idle()
    expect(namesOf(await engine.find(query))).toEqual(['Barge'])
  })
})

describe('a disabled document', () => {
  it('stays stored, but no question sees it, nor what only it says', async () => {
    const count = async () => (await engine.rag.statusCounts()).status_counts.all
    await engine.rag.updateDocument(ids.night, { enabled: false })
    expect(await count()).toBe(3)
    for (const mode of ['local', 'global', 'hybrid', 'naive', 'mix'] as const) {
      const { data } = await engine.rag.queryData({ query: EVERYTHING, mode })
      expect(JSON.stringify(data)).toMatch(/daylight/)
      expect(JSON.stringify(data)).not.toMatch(/darkness|at night|Lantern|night\.txt/)
    }
    expect(await filesWith({ file_paths: ['night.txt'] })).toEqual([])
    await engine.rag.updateDocument(ids.night, { enabled: true })
    expect(namesOf(await engine.find({ query: EVERYTHING }))).toContain('Lantern')
  })

  it('is hidden again after it was replaced', async () => {
    await engine.rag.updateDocument(ids.night, { enabled: false })
    await engine.insert({
      texts: [`${NIGHT} Owl (bird): an owl;`],
      external_ids: ['n'],
      on_conflict: 'replace',
    })
    const found = await engine.find({ query: `${EVERYTHING} Owl` })
    expect(namesOf(found)).not.toContain('Owl')
    expect(filesOf(found)).toEqual(['day.txt', 'hill.txt'])
  })
})
