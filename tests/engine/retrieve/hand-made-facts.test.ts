import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryFilters } from '../../../src/engine/retrieve/query-calls.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

let engine: TestEngine
beforeAll(async () => {
  engine = await openEngine()
  await engine.insert({
    texts: [
      'Weir Band\n\nThe Weir Band plays in Orrin. Mirela Vant sings for the Weir Band.',
      'Mill\n\nThe mill of Orrin was sold to Otto Falk.',
    ],
    file_sources: ['band.txt', 'mill.txt'],
    tags: [['music'], ['money']],
  })
  await engine.rag.entityCreate({
    entity_name: 'Tarn River',
    entity_data: { description: 'a river with eels', entity_type: 'place' },
  })
  await engine.rag.relationCreate({
    source_entity: 'Mirela Vant',
    target_entity: 'Tarn River',
    relation_data: { description: 'Mirela Vant swims in the Tarn River', keywords: 'swim' },
  })
})
afterAll(() => engine.close())

const query = 'What have Mirela Vant and the Tarn River to do with the Weir Band?'

async function toldOf(filters: QueryFilters) {
  const { entities, relationships } = await engine.find({ query, mode: 'mix', filters })
  return {
    names: entities.map(({ entity_name }) => entity_name),
    facts: relationships.map(({ description }) => description).join('\n'),
  }
}

describe('facts that a person made, which come from no document', () => {
  it('are told when a question may draw from everything', async () => {
    const { names, facts } = await toldOf({})
    expect(names).toContain('Tarn River')
    expect(facts).toContain('swims in the Tarn River')
  })

  it.each([{ tags: ['music'] }, { file_paths: ['band.txt'] }])(
    'are not told within the filter %j',
    async (filters) => {
      const { names, facts } = await toldOf(filters)
      expect(names).toContain('Mirela Vant')
      expect(names).not.toContain('Tarn River')
      expect(facts).toContain('sings for the Weir Band')
      expect(facts).not.toContain('swims')
    },
  )

  it('are told while a document of another matter is disabled', async () => {
    const { documents } = await engine.rag.listDocuments({})
    const mill = documents.find(({ file_path }) => file_path === 'mill.txt')?.id ?? ''
    await engine.rag.updateDocument(mill, { enabled: false })
    const { names, facts } = await toldOf({})
    await engine.rag.updateDocument(mill, { enabled: true })
    expect(names).toContain('Tarn River')
    expect(facts).toContain('swims in the Tarn River')
  })
})
