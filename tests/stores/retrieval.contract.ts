import { describe, expect, it } from 'vitest'
import { pairKey } from '../../src/engine/ports/pair.ts'
import type { Searches } from '../../src/engine/ports/searches.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import type { Key } from '../../src/engine/ports/stored-rows.ts'
import type { ChunkOutline } from '../../src/engine/read/chunk-outline.ts'
import {
  change,
  entity,
  newChunk,
  newDocument,
  publish,
  relation,
  said,
  vector,
} from './samples.ts'

const OUTLINE: ChunkOutline = {
  pages: [[2, 4]],
  headings: [[1, 2, 'Inside']],
  above: [[1, 'One']],
}

/** Searches and reads, for any store. */
export function describeRetrieval(store: () => Store): void {
  describeFullText(store)
  describeVectors(store)
  describeRows(store)
}

/** The searches of some documents, or of all. */
async function within(store: Store, documentIds: string[] | null): Promise<Searches> {
  const all = { externalIds: null, filePaths: null, tags: null, attributes: null }
  return (await store.searches.within({ ...all, documentIds })) ?? store.searches
}

/** Many different words, then a long run without spaces. */
function longText(words: number): string {
  const numbered = Array.from({ length: words }, (_, index) => `river${index}`)
  return `${numbered.join(' ')} ${'部'.repeat(words)}`
}

/** Publishes one document a text, and says which of them a search finds. */
async function textsMatching(store: Store, texts: readonly string[], query: string) {
  for (const [index, content] of texts.entries()) {
    await publish(store, newDocument(`d${index}`, { filePath: 'unknown_source' }), [
      newChunk(`c${index}`, { content }),
    ])
  }
  const hits = await store.searches.matchChunks(query, 10)
  return (await store.searches.chunks(hits.map((hit) => hit.key))).map((chunk) => chunk.content)
}

function describeFullText(store: () => Store): void {
  describe('full-text search', () => {
    it('ranks the text that says most of the words first', async () => {
      const texts = [
        'The cat sleeps near the oven all day long',
        'A dog barks at the moon every night',
        'A cat and a dog chase each other',
      ]
      const found = await textsMatching(store(), texts, 'Which cat likes a dog?')
      expect(found[0]).toBe(texts[2])
      expect(found).toHaveLength(3)
    })

    it('ranks the text that covers the question before one that repeats a rare word', async () => {
      const texts = [
        'Osprey, osprey, osprey: an osprey is an osprey.',
        'Of all birds of the shore the one that fishes best is the osprey, which nests on poles.',
        'The birds of the shore sleep. The birds of the shore wake.',
        'The shore is long and birds are many, and whoever fishes there nests nowhere at all.',
      ]
      const query = 'osprey birds shore fishes'
      expect((await textsMatching(store(), texts, query))[0]).toBe(texts[1])
      const { searches } = store()
      const some = await within(store(), ['d0', 'd1'])
      for (const part of [searches, some]) {
        const [first] = await part.matchChunks(query, 1)
        expect((await part.chunks([first?.key ?? 0]))[0]?.content).toBe(texts[1])
      }
    })

    it('gives scores that fall', async () => {
      await textsMatching(store(), ['river river bank', 'river walk', 'no water here'], 'river')
      const hits = await store().searches.matchChunks('river bank', 10)
      expect(hits).toHaveLength(2)
      expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? Number.POSITIVE_INFINITY)
    })

    it('finds other forms and spellings of a word', async () => {
      const texts = ['Deployments were delayed', 'Über den Flüssen', 'CAFÉ society']
      expect(await textsMatching(store(), texts, 'delaying')).toEqual([texts[0]])
      expect(await textsMatching(store(), [], 'uber')).toEqual([texts[1]])
      expect(await textsMatching(store(), [], 'cafe')).toEqual([texts[2]])
    })

    it.each([
      ['部署', '系统部署在云端'],
      ['云', '系统部署在云端'],
      ['端', '系统部署在云端'],
      ['東京', '私は東京に住んでいます'],
      ['サーバー', 'このサーバーは速い'],
      ['서울', '저는 서울에서 일합니다'],
      ['ภาษา', 'ฉันเรียนภาษาไทย'],
      ['हिन्दी', 'मुझे हिन्दी आती है'],
    ])('finds %s within a longer text', async (query, text) => {
      expect(await textsMatching(store(), ['Nothing of the kind', text], query)).toEqual([text])
    })

    it('finds words of the file name and of the headings', async () => {
      await publish(store(), newDocument('a', { filePath: 'travel-policy.pdf' }), [
        newChunk('a-0', { headings: ['Allowances', 'Hotels'] }),
      ])
      expect(await store().searches.matchChunks('policy', 5)).toHaveLength(1)
      expect(await store().searches.matchChunks('hotel', 5)).toHaveLength(1)
    })

    it('spells a word that no text has as one that some text has', async () => {
      await textsMatching(store(), ['Wolfgang had his breakfast', 'Nets of the river boats'], '')
      const { searches } = store()
      const spelled = (text: string) => searches.respelled(text)
      expect(await spelled('What had Wolfagng for BREKFAST?')).toBe(
        'What had Wolfgang for BREAKFAST?',
      )
      // Known in another form, too short, too far away, or too many.
      for (const same of ['breakfasts boat', 'a nat', 'wolfpack', 'rivre braekfast wolfgag']) {
        expect(await spelled(same)).toBe(same)
      }
    })

    it('takes the spelling that fits the rest of the question', async () => {
      await textsMatching(store(), ['a painter of walls', 'a printer of books'], '')
      const { searches } = store()
      expect(await searches.respelled('books of the pinter')).toBe('books of the printer')
      expect(await searches.respelled('walls of the pinter')).toBe('walls of the painter')
    })

    it('spells nothing as a word of documents that do not count', async () => {
      await textsMatching(store(), ['Wolfgang sleeps', 'Nobody sleeps'], '')
      expect(await (await within(store(), ['d0'])).respelled('wolfagng')).toBe('wolfgang')
      expect(await (await within(store(), ['d1'])).respelled('wolfagng')).toBe('wolfagng')
    })

    it('takes stop words for words only when there are no others', async () => {
      const texts = ['to be or not to be', 'the river']
      expect(await textsMatching(store(), texts, 'what is the river')).toEqual(['the river'])
      expect(await textsMatching(store(), [], 'to be')).toEqual(['to be or not to be'])
    })

    it.each([
      '',
      ' ',
      '"',
      '""" AND',
      'river AND',
      'river OR NOT NEAR(',
      'body:river',
      '-river +bank ^walk *',
      'river*',
      "what's a river",
      'cdm-xxc river',
      'river\u0000bank',
      '\u0000',
      '🙂🙂',
      '\ud800 river \udfff',
      '{river} [bank] (walk) \\ % _',
      10_000,
    ])('takes any text for words: %j', async (given) => {
      const text = typeof given === 'string' ? given : longText(given)
      await publish(store(), newDocument('a'), [newChunk('a-0', { content: 'river bank walk' })])
      const hits = await store().searches.matchChunks(text, 5)
      const oneOfOurs = /(?<![\p{L}\p{N}])(river|bank|walk)(?![\p{L}\p{N}])/u.test(text)
      expect(hits).toHaveLength(oneOfOurs ? 1 : 0)
      expect(Array.isArray(await store().searches.matchEntities(text, 5))).toBe(true)
      expect(Array.isArray(await store().searches.matchRelations(text, 5))).toBe(true)
      expect(Array.isArray(await store().searches.entitiesWithWords([text], 5))).toBe(true)
    })

    it('stays within the documents it is asked for', async () => {
      for (const id of ['a', 'b', 'c']) {
        await publish(store(), newDocument(id), [newChunk(`${id}-0`, { content: 'river' })])
      }
      const only = async (documentIds: string[] | null) => {
        const hits = await (await within(store(), documentIds)).matchChunks('river', 10)
        return (await store().searches.chunks(hits.map((hit) => hit.key))).map(
          (chunk) => chunk.documentId,
        )
      }
      expect((await only(['a', 'c', 'unknown'])).toSorted()).toEqual(['a', 'c'])
      expect(await only([])).toEqual([])
      expect(await only(null)).toHaveLength(3)
    })

    it('finds entities by words of their names', async () => {
      await store().graph.apply(
        change({
          entities: [entity('Ada Lovelace'), entity('Charles Babbage'), entity('北京大学')],
        }),
      )
      const named = async (text: string) => {
        const hits = await store().searches.matchEntities(text, 5)
        return (await store().searches.entities(hits.map((hit) => hit.key))).map(
          (found) => found.name,
        )
      }
      expect(await named('who was lovelace?')).toEqual(['Ada Lovelace'])
      expect(await named('大学')).toEqual(['北京大学'])
      await store().graph.apply(change({ deadEntities: ['Ada Lovelace'] }))
      expect(await named('lovelace')).toEqual([])
    })

    it('finds entities whose names hold all the words', async () => {
      const names = ['Ada Lovelace', 'Ada Byron', 'The Life of Ada Lovelace', 'Charles Babbage']
      await store().graph.apply(
        change({ entities: names.map((name) => entity(name, { sourceIds: ['a', 'b'] })) }),
      )
      const found = await store().searches.entitiesWithWords(['lovelace', 'Ada'], 5)
      expect(found.map(({ nameKey }) => nameKey).toSorted()).toEqual([
        'ada lovelace',
        'life of ada lovelace',
      ])
      expect(found[0]?.spread).toBe(2)
      expect(await store().searches.entitiesWithWords(['lovelace', 'Ada'], 1)).toHaveLength(1)
      expect(await store().searches.entitiesWithWords(['Ada', '"', 'OR', 'Babbage'], 5)).toEqual([])
      expect(await store().searches.entitiesWithWords([], 5)).toEqual([])
      expect(await store().searches.entitiesWithWords(['?!'], 5)).toEqual([])
    })

    it('finds entities by the key of their names', async () => {
      const [one, other] = [entity('The Hague', { sourceIds: ['a'] }), entity('Hague (city)')]
      await store().graph.apply(change({ entities: [one, other, entity('Paris')] }))
      const keys = await store().searches.entityKeys(['The Hague', 'Hague (city)'])
      expect(await store().searches.entitiesByNameKey(['hague', 'unknown', 'hague'])).toEqual([
        { key: keys.get('The Hague'), nameKey: 'hague', spread: 1 },
        { key: keys.get('Hague (city)'), nameKey: 'hague', spread: 0 },
      ])
      await store().graph.apply(change({ deadEntities: ['The Hague'] }))
      expect(await store().searches.entitiesByNameKey(['hague'])).toHaveLength(1)
    })

    it('finds chunks by what their relations say', async () => {
      const tie = (source: string, target: string, description: string) => ({
        source,
        target,
        keywords: 'work',
        description,
        weight: 1,
      })
      await publish(store(), newDocument('a', { filePath: 'Engines' }), [
        newChunk('a-0', {
          entities: [said('Ada'), said('Babbage')],
          relations: [
            tie('Ada', 'Babbage', 'Ada translated a memoir'),
            tie('Ada', 'Menabrea', 'the memoir was written by Menabrea, a memoir in French'),
          ],
        }),
        newChunk('a-1', { ordinal: 1, relations: [tie('Ada', 'Byron', 'father and daughter')] }),
      ])
      const keys = await store().searches.chunkKeys(['a-0', 'a-1'])
      const hits = await store().searches.matchRelations('Who wrote the memoir?', 5)
      expect(hits.map((hit) => hit.key)).toEqual([keys.get('a-0')])
      expect(hits[0]?.score).toBeGreaterThan(0)
      expect(await store().searches.matchRelations('engines', 5)).toHaveLength(2)
      expect(await store().searches.matchRelations('engines', 1)).toHaveLength(1)
      await store().graph.apply(change({ removes: [{ documentId: 'a', forget: true }] }))
      expect(await store().searches.matchRelations('memoir engines', 5)).toEqual([])
    })
  })
}

function describeVectors(store: () => Store): void {
  describe('vector search', () => {
    it('returns the closest first, by cosine', async () => {
      await publish(store(), newDocument('a'), [
        newChunk('far', { vector: vector(0, 1) }),
        newChunk('near', { ordinal: 1, vector: vector(1, 0.1) }),
        newChunk('opposite', { ordinal: 2, vector: vector(-1) }),
      ])
      const keys = await store().searches.chunkKeys(['near', 'far', 'opposite'])
      const hits = await store().searches.nearestChunks(vector(1), 2)
      expect(hits.map((hit) => hit.key)).toEqual([keys.get('near'), keys.get('far')])
      expect(hits[0]?.score).toBeCloseTo(1 / Math.hypot(1, 0.1))
      expect(hits[1]?.score).toBeCloseTo(0)
    })

    it('follows changes that come after the first search', async () => {
      expect(await store().searches.nearestEntities(vector(1), 5)).toEqual([])
      await store().graph.apply(
        change({
          entities: [entity('Ada'), entity('Bob', { vector: vector(0, 1) })],
          relations: [relation('Ada', 'Bob', { vector: vector(0, 0, 1) })],
        }),
      )
      expect(await store().searches.nearestEntities(vector(1), 5)).toHaveLength(2)
      expect(await store().searches.nearestRelations(vector(0, 0, 1), 5)).toMatchObject([
        { score: 1 },
      ])
      await store().graph.apply(
        change({
          entities: [entity('Ada', { vector: vector(0, 0, 1) })],
          deadEntities: ['Bob'],
          deadRelations: [['Ada', 'Bob']],
        }),
      )
      expect(await store().searches.nearestEntities(vector(0, 0, 1), 5)).toMatchObject([
        { score: 1 },
      ])
      expect(await store().searches.nearestRelations(vector(1), 5)).toEqual([])
    })

    it('stays within the documents it is asked for', async () => {
      for (const id of ['a', 'b']) {
        await publish(store(), newDocument(id), [newChunk(`${id}-0`)])
      }
      const keys = await store().searches.chunkKeys(['b-0'])
      const hits = await (await within(store(), ['b'])).nearestChunks(vector(1), 5)
      expect(hits.map((hit) => hit.key)).toEqual([...keys.values()])
      expect(await (await within(store(), [])).nearestChunks(vector(1), 5)).toEqual([])
    })

    it('tells how similar given chunks are', async () => {
      await publish(store(), newDocument('a'), [
        newChunk('x'),
        newChunk('y', { ordinal: 1, vector: vector(0, 1) }),
      ])
      const keys = await store().searches.chunkKeys(['x', 'y'])
      const asked = [keys.get('y') ?? 0, 999_999, keys.get('x') ?? 0]
      expect(await store().searches.chunkSimilarities(asked, vector(1))).toEqual(
        Float32Array.of(0, Number.NaN, 1),
      )
    })

    it('refuses a question of another dimension, or one that is not finite', async () => {
      await publish(store(), newDocument('a'), [newChunk('x')])
      await expect(store().searches.nearestChunks(Float32Array.of(1, 0), 5)).rejects.toMatchObject({
        code: 'dimension_mismatch',
      })
      await expect(
        store().searches.nearestChunks(Float32Array.of(1, Number.NaN, 0, 0), 5),
      ).rejects.toMatchObject({ code: 'invalid_argument' })
    })

    it('finds nothing when nothing is asked for', async () => {
      await publish(store(), newDocument('a'), [newChunk('x')])
      expect(await store().searches.nearestChunks(vector(1), 0)).toEqual([])
      expect(await store().searches.matchChunks('content', 0)).toEqual([])
    })
  })
}

function describeRows(store: () => Store): void {
  describe('rows', () => {
    it('come in the order asked for, however many there are', async () => {
      const names = Array.from({ length: 150 }, (_, i) => `Name ${i}`)
      const pairs = names.slice(1).map((name): [string, string] => ['Name 0', name])
      await store().graph.apply(
        change({
          entities: names.map((name) => entity(name)),
          relations: pairs.map(([source, target]) => relation(source, target)),
        }),
      )
      await publish(
        store(),
        newDocument('a'),
        names.map((name, ordinal) => newChunk(name, { ordinal })),
      )
      const wanted = names.toReversed()
      const entityKeys = await store().searches.entityKeys(wanted)
      const entities = await store().searches.entities([...entityKeys.values()])
      expect(entities.map(({ name }) => name)).toEqual(wanted)
      expect(entities.map(({ degree }) => degree)).toEqual(
        wanted.map((name) => (name === 'Name 0' ? 149 : 1)),
      )
      const relationKeys = await store().searches.relationKeys(pairs.toReversed())
      const relations = await store().searches.relations([...relationKeys.values()])
      expect(relations.map(({ target }) => target)).toEqual(wanted.slice(0, -1))
      const chunkKeys = await store().searches.chunkKeys(wanted)
      expect([...chunkKeys.keys()]).toEqual(wanted)
      const found = await store().searches.chunks([...chunkKeys.values()])
      expect(found.map(({ id }) => id)).toEqual(wanted)
      const named = await store().searches.entitiesByNameKey(['name 7', 'nobody', 'name 3'])
      expect(named.map(({ nameKey }) => nameKey)).toEqual(['name 7', 'name 3'])
      expect(await store().searches.relationsOf([...entityKeys.values()])).toHaveLength(149)
    })

    it('come in the order asked for, without those that are gone', async () => {
      await publish(store(), newDocument('a'), [
        newChunk('x', {
          headings: ['One', 'Two'],
          page: 3,
          start: 5,
          end: 9,
          tokens: 2,
          outline: OUTLINE,
        }),
        newChunk('y', { ordinal: 1 }),
      ])
      const keys = await store().searches.chunkKeys(['x', 'y', 'unknown'])
      expect(keys.size).toBe(2)
      const x = keys.get('x') ?? 0
      const y = keys.get('y') ?? 0
      const rows = await store().searches.chunks([y, 999_999, x])
      expect(rows.map((row) => row.id)).toEqual(['y', 'x'])
      expect(rows[1]).toEqual({
        key: x,
        id: 'x',
        documentId: 'a',
        filePath: 'a.txt',
        ordinal: 0,
        content: 'Content of x',
        tokens: 2,
        start: 5,
        end: 9,
        headings: ['One', 'Two'],
        page: 3,
        outline: OUTLINE,
      })
    })

    it('of chunks without an inside tell what stands above them, without the heads of tables', async () => {
      await publish(store(), newDocument('a'), [
        newChunk('x', { headings: ['One', '| Item | Price |', 'Two'], outline: null }),
      ])
      const keys = await store().searches.chunkKeys(['x'])
      const [row] = await store().searches.chunks([...keys.values()])
      expect(row?.outline?.above.map(([, title]) => title)).toEqual(['One', 'Two'])
      expect(await store().documents.withoutOutlines(5)).toEqual([])
    })

    it('are given outlines later, chunk by chunk, at once seen', async () => {
      await publish(store(), newDocument('a'), [newChunk('x'), newChunk('y', { ordinal: 1 })])
      const keys = [...(await store().searches.chunkKeys(['x', 'y'])).values()]
      await store().searches.chunks(keys)
      await store().documents.setOutlines('a', [{ ordinal: 1, outline: OUTLINE, page: 7 }])
      await store().documents.setOutlines('gone', [{ ordinal: 0, outline: OUTLINE, page: 7 }])
      const rows = await store().searches.chunks(keys)
      expect(rows.map(({ outline, page }) => [outline?.pages.length, page])).toEqual([
        [0, null],
        [1, 7],
      ])
    })

    it('of entities and relations say all that is known', async () => {
      const ada = entity('Ada', { sourceIds: ['c2', 'c1'], filePaths: ['a.txt'], createdAt: 77 })
      const tie = relation('Ada', 'Bob', { sourceIds: ['c1'], filePaths: ['a.txt'], weight: 2.5 })
      await store().graph.apply(change({ entities: [ada, entity('Bob')], relations: [tie] }))
      const keys = await store().searches.entityKeys(['Ada', 'Bob'])
      const adaKey = keys.get('Ada') ?? 0
      const bobKey = keys.get('Bob') ?? 0
      const { vector: _a, ...adaState } = ada
      expect(await store().searches.entities([adaKey])).toEqual([
        { ...adaState, key: adaKey, degree: 1, embeddingPending: false },
      ])
      const ties = await store().searches.relationsOf([adaKey, bobKey])
      expect(ties).toEqual([{ key: ties[0]?.key, source: adaKey, target: bobKey, weight: 2.5 }])
      const { vector: _b, ...tieState } = tie
      expect(await store().searches.relations(ties.map((found) => found.key))).toEqual([
        {
          ...tieState,
          key: ties[0]?.key,
          sourceKey: adaKey,
          targetKey: bobKey,
          embeddingPending: false,
        },
      ])
    })

    it('of relations are found by their pairs', async () => {
      await store().graph.apply(
        change({ entities: [entity('Ada'), entity('Bob')], relations: [relation('Ada', 'Bob')] }),
      )
      const keys = await store().searches.relationKeys([
        ['Ada', 'Bob'],
        ['Ada', 'Eve'],
      ])
      expect([...keys.keys()]).toEqual([pairKey(['Ada', 'Bob'])])
      const ada = await store().searches.entityKeys(['Ada'])
      expect(await store().searches.relationsOf([...ada.values()])).toMatchObject([
        { key: keys.get(pairKey(['Ada', 'Bob'])) },
      ])
      await store().graph.apply(change({ deadRelations: [['Ada', 'Bob']] }))
      expect(await store().searches.relationKeys([['Ada', 'Bob']])).toEqual(new Map())
    })

    it('list names of entities in code-point order', async () => {
      const names = ['b', 'a', 'B', 'é', '\u{1f600}', '\uffee']
      await store().graph.apply(change({ entities: names.map((name) => entity(name)) }))
      expect(await store().searches.entityNames()).toEqual([
        'B',
        'a',
        'b',
        'é',
        '\uffee',
        '\u{1f600}',
      ])
    })

    it('list the entities with most relations first', async () => {
      const names = ['Ada', 'Bob', 'Eve', 'Max']
      await store().graph.apply(
        change({
          entities: names.map((name) => entity(name)),
          relations: [relation('Ada', 'Eve'), relation('Bob', 'Eve'), relation('Ada', 'Bob')],
        }),
      )
      await store().graph.apply(change({ deadRelations: [['Ada', 'Bob']] }))
      const popular = await store().searches.popularEntities(2)
      expect(popular.map(({ name, degree }) => [name, degree])).toEqual([
        ['Eve', 2],
        ['Ada', 1],
      ])
      expect(await store().searches.popularNames(2)).toEqual(['Eve', 'Ada'])
    })

    it('give a key to one entity only, ever', async () => {
      const seen = new Set<Key>()
      for (let round = 0; round < 3; round++) {
        await store().graph.apply(change({ entities: [entity('Ada')] }))
        for (const key of (await store().searches.entityKeys(['Ada'])).values()) seen.add(key)
        await store().graph.apply(change({ deadEntities: ['Ada'] }))
        expect(await store().searches.entityKeys(['Ada'])).toEqual(new Map())
        await store().graph.apply(change({ entities: [entity(`Other ${round}`)] }))
        const [other] = (await store().searches.entityKeys([`Other ${round}`])).values()
        expect(seen.has(other ?? 0)).toBe(false)
      }
    })
  })
}
