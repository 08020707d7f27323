import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEngine, type TestEngine } from './open-engine.ts'

const BAND = 'Weir Band\n\nThe Weir Band plays in Orrin. Mirela Vant sings for the Weir Band.'
const TRIAL = 'Trial\n\nMirela Vant was seen in Dorne Prison. Otto Falk visits Dorne Prison.'

let engine: TestEngine
beforeEach(async () => {
  engine = await openEngine()
  await engine.insert({ texts: [BAND, TRIAL], file_sources: ['band.txt', 'trial.txt'] })
  const { documents } = await engine.rag.listDocuments({})
  const trial = documents.find(({ file_path }) => file_path === 'trial.txt')
  expect(await engine.rag.entityNames()).toContain('Dorne Prison')
  await engine.rag.updateDocument(trial?.id ?? '', { enabled: false })
})
afterEach(() => engine.close())

describe('the graph of a workspace with a disabled document', () => {
  it('lists the names that the enabled documents speak of, and no others', async () => {
    const entityNames = await engine.rag.entityNames()
    expect(entityNames).toEqual(expect.arrayContaining(['Mirela Vant', 'Orrin', 'Weir Band']))
    expect(entityNames.filter((entityName) => /Dorne|Otto/.test(entityName))).toEqual([])
    expect(await engine.rag.searchEntityNames('Dorne', 10)).toEqual([])
    expect((await engine.rag.popularEntityNames(50)).toSorted()).toEqual(entityNames.toSorted())
  })

  it('fills a short list of popular names up', async () => {
    expect(await engine.rag.popularEntityNames(2)).toHaveLength(2)
    expect((await engine.rag.popularEntityNames(2)).join()).not.toMatch(/Dorne|Otto/)
  })

  it.each(['*', 'Mirela Vant'])('shows nothing of that document around %s', async (entityName) => {
    const graph = await engine.rag.subgraph({ label: entityName })
    const names = graph.nodes.map(({ id }) => id)
    expect(names).toEqual(expect.arrayContaining(['Mirela Vant', 'Weir Band']))
    expect(graph.is_truncated).toBe(false)
    expect(JSON.stringify(graph)).not.toMatch(/Dorne|Otto|trial\.txt/)
    for (const { source, target } of graph.edges) {
      expect(names).toEqual(expect.arrayContaining([source, target]))
    }
  })

  it('knows no neighbourhood of a name that only that document has', async () => {
    const graph = await engine.rag.subgraph({ label: 'Dorne Prison' })
    expect(graph).toEqual({ nodes: [], edges: [], is_truncated: false })
  })

  it('shows what a person made there', async () => {
    await engine.rag.entityCreate({
      entity_name: 'Tarn River',
      entity_data: { description: 'a river', entity_type: 'place' },
    })
    expect(await engine.rag.entityNames()).toContain('Tarn River')
    expect(await engine.rag.popularEntityNames(50)).toContain('Tarn River')
    const graph = await engine.rag.subgraph({ label: 'Tarn River' })
    expect(graph.nodes[0]?.properties).toMatchObject({ description: 'a river' })
  })
})
