import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeEntity, mergeRelation } from '../../../src/engine/merge/merge-fragments.ts'
import { byOrigin } from '../../../src/engine/ports/fragment-order.ts'
import type {
  StoredEntityFragment,
  StoredRelationFragment,
} from '../../../src/engine/ports/stored-rows.ts'
import { chunkFragments } from '../../../src/engine/read/chunk-fragments.ts'

const limits = { sourceIds: 300, filePaths: 100, descriptions: 24 }
const origin = (documentId: string, ordinal = 0, position = 0) => ({
  documentId,
  filePath: `${documentId}.txt`,
  chunkId: `${documentId}-${ordinal}`,
  ordinal,
  position,
  createdAt: ordinal + 1,
})

const entity = (documentId: string, type: string, description: string): StoredEntityFragment => ({
  name: 'X',
  type,
  description,
  ...origin(documentId),
})

it('gives one entity of the same fragments, in whatever order they came', () => {
  const fragments = [
    entity('a', 'person', 'one'),
    entity('b', 'place', 'two'),
    entity('c', 'place', 'one'),
  ].sort(byOrigin)
  const merged = mergeEntity('X', fragments, limits)
  expect(merged.type).toBe('place')
  expect([...merged.descriptions].sort()).toEqual(['one', 'two'])
  fc.assert(
    fc.property(fc.shuffledSubarray(fragments, { minLength: 3 }), (shuffled) => {
      expect(mergeEntity('X', [...shuffled].sort(byOrigin), limits)).toEqual(merged)
    }),
  )
})

it('adds up weights and unites keywords', () => {
  const relation = (documentId: string, keywords: string): StoredRelationFragment => ({
    source: 'A',
    target: 'B',
    keywords,
    description: documentId,
    weight: 1,
    ...origin(documentId),
  })
  const merged = mergeRelation(['A', 'B'], [relation('a', 'x, y'), relation('b', 'y,z')], limits)
  expect(merged).toMatchObject({ weight: 2, keywords: 'x,y,z', descriptions: ['a', 'b'] })
})

it('keeps no more sources and descriptions than the limits', () => {
  const fragments = Array.from({ length: 10 }, (_, i) => entity(`d${i}`, 'x', `${i}`))
  expect(
    mergeEntity('X', fragments, { sourceIds: 3, filePaths: 2, descriptions: 1 }),
  ).toMatchObject({
    sourceIds: ['d0-0', 'd1-0', 'd2-0'],
    filePaths: ['d0.txt', 'd1.txt'],
    descriptions: ['0'],
  })
})

it('gives every end of a relation an entity, orders pairs, and drops loops', () => {
  const relation = { keywords: 'k', description: 'd', weight: 1 }
  const extraction = {
    entities: [{ name: 'Zed', type: 'person', description: 'somebody' }],
    relations: [
      { source: 'Zed', target: 'Abe', ...relation },
      { source: 'Abe', target: 'Zed', ...relation, description: 'longer' },
      { source: 'Zed', target: 'Zed', ...relation },
    ],
  }
  const { entities, relations } = chunkFragments(extraction, ['The ZED'])
  expect(relations).toEqual([{ source: 'Abe', target: 'Zed', ...relation, description: 'longer' }])
  expect(entities.map(({ name, type, named }) => [name, type, named])).toEqual([
    ['Zed', 'person', true],
    ['Abe', 'unknown', false],
  ])
})
