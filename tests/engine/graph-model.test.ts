import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GraphEngine } from './graph-engine.ts'
import { type Facts, GraphModel, shown } from './graph-model.ts'

const name = fc.constantFrom('Ada', 'Bob', 'Eve', 'Max', 'Zoe')
const ends = fc.uniqueArray(name, { minLength: 2, maxLength: 2 }).map(([a = '', b = '']) => {
  return [a, b] as const
})
const told = fc.constantFrom('old', 'new', 'red', 'blue', 'wise')
const weight = fc.integer({ min: 1, max: 4 })
const facts: fc.Arbitrary<Facts> = fc.record({
  entities: fc.uniqueArray(fc.record({ name, told }), {
    maxLength: 3,
    selector: (one) => one.name,
  }),
  relations: fc.uniqueArray(fc.record({ ends, told, weight }), {
    maxLength: 3,
    selector: (one) => [...one.ends].sort().join(),
  }),
})
const document = fc.constantFrom('a', 'b', 'c')
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('insert' as const), document, facts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), document }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create' as const), name, told }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tie' as const), ends, told, weight }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      name,
      told: fc.option(told),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('weigh' as const),
      ends,
      weight: fc.option(weight),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), ends }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('erase' as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('untie' as const), ends }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

it('a graph is what was said of it, whatever is inserted, edited, merged or deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const engine = await GraphEngine.start()
      const model = new GraphModel()
      try {
        for (const next of steps) {
          await take(engine, model, next)
          expect(await shown(engine)).toEqual(model.snapshot())
        }
        expect(await engine.badVectors()).toEqual([])
      } finally {
        await engine.stop()
      }
    }),
    { numRuns: 60 },
  )
}, 240_000)

let version = 0

async function take(engine: GraphEngine, model: GraphModel, next: Step): Promise<void> {
  const { rag } = engine
  // A refused edit changes nothing; the model knows by itself what is refused.
  const tried = (edit: Promise<unknown>) =>
    edit.catch((error) => expect(error.code).toMatch(REFUSED))
  switch (next.kind) {
    case 'insert':
      await engine.insert(next.document, `Version ${version++}.`, ...lines(next.facts))
      return model.insert(next.document, next.facts)
    case 'remove':
      await engine.remove(next.document)
      return model.remove(next.document)
    case 'create':
      await tried(
        rag.entityCreate({ entity_name: next.name, entity_data: { description: next.told } }),
      )
      return model.create(next.name, next.told)
    case 'tie': {
      const [source_entity, target_entity] = next.ends
      const relation_data = { description: next.told, weight: next.weight }
      await tried(rag.relationCreate({ source_entity, target_entity, relation_data }))
      return model.tie(...next.ends, next.told, next.weight)
    }
    case 'edit':
      await tried(
        rag.entityEdit({ entity_name: next.name, updated_data: { description: next.told } }),
      )
      return model.edit(next.name, next.told)
    case 'weigh': {
      const [source_id, target_id] = next.ends
      await tried(rag.relationEdit({ source_id, target_id, updated_data: { weight: next.weight } }))
      return model.weigh(...next.ends, next.weight)
    }
    case 'move': {
      const [from, to] = next.ends
      await tried(rag.mergeEntities({ entities_to_change: [from], entity_to_change_into: to }))
      return model.move(from, to)
    }
    case 'erase':
      await tried(rag.deleteEntity({ entity_name: next.name }))
      return model.erase(next.name)
    case 'untie': {
      const [source_entity, target_entity] = next.ends
      await tried(rag.deleteRelation({ source_entity, target_entity }))
      return model.untie(...next.ends)
    }
    case 'restart':
      return engine.restart()
    case 'clear':
      await rag.clearDocuments()
      return model.clear()
  }
}

const REFUSED = /^(entity|relation)_(exists|not_found)$|^unknown_(entity|relation)$/

function lines({ entities, relations }: Facts): string[] {
  return [
    ...entities.map((one) => `${one.name}|person|${one.told}`),
    ...relations.map((one) => `${one.ends.join('~')}|k|${one.told}|${one.weight}`),
  ]
}
