import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { QUERY_MODES } from '../../../src/engine/retrieve/query-calls.ts'
import { type Found, openEngine, type TestEngine } from '../open-engine.ts'

const TEXTS = {
  'song.txt':
    'Weir Song\n\nWeir Song is a ballad. It was recorded by the singer Mirela Vant in a barn.',
  'singer.txt':
    'Mirela Vant\n\nMirela Vant grew up beside the Tarn River, the child of a miller from Orrin.',
  'orrin.txt':
    'Orrin\n\nOrrin is a town of weavers. Its mayor is Jan Berg. Its smith is Otto Falk.',
  'bridge.txt': 'Old Bridge\n\nThe Old Bridge was recorded as a monument. Its barn was sold.',
  'tower.txt': '東京タワー\n\n東京タワーは1958年に完成した。高さは333メートルである。',
  'refund.txt': 'Refunds\n\nA refund is paid within fourteen days after the parcel came back.',
}
const GRAPH_MODES = QUERY_MODES.filter((mode) => mode !== 'bypass' && mode !== 'naive')
const TEXT_MODES = QUERY_MODES.filter((mode) => mode !== 'bypass')

const filesOf = ({ chunks }: Found) => chunks.map((chunk) => chunk.file_path)
const namesOf = ({ entities }: Found) => entities.map((entity) => entity.entity_name)

let engine: TestEngine
beforeAll(async () => {
  engine = await openEngine()
  await engine.insert({ texts: Object.values(TEXTS), file_sources: Object.keys(TEXTS) })
})
afterAll(() => engine.close())

describe('retrieval', () => {
  it('finds the passage at the second hop, which shares no word with the question', async () => {
    const query = 'Who recorded the Weir Song ballad?'
    const [plain, mixed] = await Promise.all([
      engine.find({ query, mode: 'naive' }),
      engine.find({ query, mode: 'mix' }),
    ])
    expect(filesOf(plain)).not.toContain('singer.txt')
    expect(filesOf(mixed).slice(0, 2)).toEqual(['song.txt', 'singer.txt'])
  })

  it('lets the event loop turn between questions that find everything in memory', async () => {
    const ask = () => engine.find({ query: 'How soon is a refund paid?', mode: 'local' })
    for (let i = 0; i < 50; i++) await ask()
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    for (let i = 0; i < 300 && turns < 2; i++) await ask()
    clearInterval(timer)
    expect(turns).toBe(2)
  })

  it.each(TEXT_MODES)('answers from the text in mode %s', async (mode) => {
    const found = await engine.find({ query: 'How soon is a refund paid?', mode })
    expect(filesOf(found)[0]).toBe('refund.txt')
  })

  it.each(GRAPH_MODES)('shows the graph around the question in mode %s', async (mode) => {
    const { entities, relationships } = await engine.find({ query: 'Who is Mirela Vant?', mode })
    expect(namesOf({ entities } as Found)).toContain('Mirela Vant')
    const ends = relationships.map(({ src_id, tgt_id }) => [src_id, tgt_id].sort().join(' – '))
    expect(ends).toContain('Mirela Vant – Weir Song')
  })

  it.each(TEXT_MODES)('answers in a script without spaces in mode %s', async (mode) => {
    const found = await engine.find({ query: '東京タワーはいつ完成したか', mode })
    expect(filesOf(found)[0]).toBe('tower.txt')
  })

  it('puts the entity that is asked for first, in small letters too', async () => {
    for (const mode of ['mix', 'local', 'hybrid'] as const) {
      const found = await engine.find({ query: 'where did mirela vant grow up?', mode })
      expect(namesOf(found)[0]).toBe('Mirela Vant')
    }
  })

  it.each(TEXT_MODES)('finds what a mistyped word means in mode %s, and says so', async (mode) => {
    const found = await engine.rag.queryData({ query: 'wher is Wevaers town', mode })
    expect(found.metadata).toMatchObject({ searched_for: 'wher is Weavers town' })
    expect(found.data.chunks?.[0]?.file_path).toBe('orrin.txt')
    const named = await engine.find({ query: 'Who is Mierla Vant?', mode })
    expect(filesOf(named)[0]).toBe('singer.txt')
  })

  it('looks in the graph for the keywords given, and for nothing else', async () => {
    const query = 'Who is Mirela Vant?'
    const local = await engine.find({ query, mode: 'local', ll_keywords: ['Jan Berg'] })
    expect(namesOf(local)[0]).toBe('Jan Berg')
    expect(namesOf(local)).not.toContain('Mirela Vant')
    const global = await engine.find({ query, mode: 'global', hl_keywords: ['town of weavers'] })
    expect(filesOf(global)[0]).toBe('orrin.txt')
  })

  it('shows the relation with the words of the question first', async () => {
    const { relationships } = await engine.find({
      query: 'Who is the smith of Orrin?',
      mode: 'mix',
    })
    expect([relationships[0]?.src_id, relationships[0]?.tgt_id].sort()).toEqual([
      'Orrin',
      'Otto Falk',
    ])
  })

  it('keeps to the numbers asked for', async () => {
    const query = 'Who recorded the Weir Song of Mirela Vant from Orrin?'
    for (const mode of GRAPH_MODES) {
      const found = await engine.find({ query, mode, top_k: 2, chunk_top_k: 1 })
      expect(found.chunks).toHaveLength(1)
      expect(found.entities.length).toBeLessThanOrEqual(2)
      expect(found.relationships.length).toBeLessThanOrEqual(2)
    }
  })

  it('reads no more passages than are wanted', async () => {
    const { metadata } = await engine.rag.queryData({ query: 'Orrin town', chunk_top_k: 2 })
    expect(metadata).toMatchObject({ processing_info: { merged_chunks_count: 2 } })
  })

  it.each(TEXT_MODES)('finds nothing where nothing fits in mode %s', async (mode) => {
    const found = await engine.find({ query: 'zzqx', mode })
    expect([found.chunks, found.entities, found.relationships]).toEqual([[], [], []])
  })
})

describe('one text under several names', () => {
  const MINUTES = [
    'The council of Orrin met in the hall of the weavers and spoke of the bridge over the Tarn.',
    'The bridge was built by Ines Halvard and has a lamp on each side, which burns all night.',
    'The council wants the lamps to burn until midnight alone, since oil has become dear.',
  ].join(' ')
  const query = 'Who built the bridge with the lamps?'

  it('takes one place in every mode, and leaves the others to further passages', async () => {
    const copies = await openEngine()
    await copies.insert({
      texts: [
        MINUTES,
        MINUTES.replaceAll('. ', '.\n\n'),
        `${MINUTES} `.replaceAll(', ', ' , '),
        'Ines Halvard was a bridge builder and lived in Weir with two dogs.',
        'The lamps of Weir were lit by hand until the year of the flood.',
      ],
      file_sources: ['minutes.txt', 'minutes.md', 'copy.txt', 'ines.txt', 'weir.txt'],
    })
    for (const mode of TEXT_MODES) {
      const found = await copies.find({ query, mode, chunk_top_k: 3 })
      expect(filesOf(found).sort(), mode).toEqual(['ines.txt', 'minutes.txt', 'weir.txt'])
    }
    await copies.close()
  })
})

describe('retrieval without a graph', () => {
  it('answers from the text in every mode', async () => {
    const mute = { id: 'mute', extract: async () => ({ entities: [], relations: [] }) }
    const bare = await openEngine({ extractor: mute })
    await bare.insert({ texts: Object.values(TEXTS), file_sources: Object.keys(TEXTS) })
    for (const mode of TEXT_MODES) {
      const found = await bare.find({ query: 'How soon is a refund paid?', mode })
      expect(filesOf(found)[0]).toBe('refund.txt')
      expect(found.entities).toEqual([])
    }
    await bare.close()
  })
})
