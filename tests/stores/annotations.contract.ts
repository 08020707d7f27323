import { describe, expect, it } from 'vitest'
import type { DocumentFilter, Searches } from '../../src/engine/ports/searches.ts'
import type { Store } from '../../src/engine/ports/store.ts'
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

const KEEP = { onConflict: 'keep' } as const
const REPLACE = { onConflict: 'replace' } as const
const ALL: DocumentFilter = {
  documentIds: null,
  externalIds: null,
  filePaths: null,
  tags: null,
  attributes: null,
}

/** What callers say of their documents, and what it means for searches; for any store. */
export function describeAnnotations(store: () => Store): void {
  describeExternalIds(store)
  describeScopes(store)
  describeSetAside(store)
  describeCache(store)
}

function describeExternalIds(store: () => Store): void {
  describe('external ids', () => {
    it('are unique: whoever comes second is a duplicate, in one call or in several', async () => {
      const [a, b, c] = ['a', 'b', 'c'].map((id) =>
        newDocument(id, { annotations: { externalId: 'x' } }),
      )
      if (!a || !b || !c) throw new Error('three documents')
      const duplicate = { kind: 'duplicate', by: 'external_id', existing: { id: 'a' } }
      expect(await store().queue.enqueue([a, b], KEEP)).toMatchObject([
        { kind: 'queued' },
        duplicate,
      ])
      expect(await store().queue.enqueue([c], KEEP)).toMatchObject([duplicate])
      expect(await store().documents.byExternalId('x')).toMatchObject({ id: 'a' })
      expect(await store().documents.byExternalId('y')).toBeNull()
    })

    it('lead to the document to replace, under another name too', async () => {
      const annotations = { externalId: 'x', tags: ['t'], attributes: { n: 1 } }
      await store().queue.enqueue([newDocument('a', { annotations: annotations })], KEEP)
      const next = newDocument('b', { annotations: { externalId: 'x', attributes: { n: 2 } } })
      expect(await store().queue.enqueue([next], REPLACE)).toEqual([
        { kind: 'queued', replaced: 'a' },
      ])
      expect(await store().documents.byId('a')).toMatchObject({
        filePath: 'b.txt',
        annotations: { externalId: 'x', tags: ['t'], attributes: { n: 2 }, enabled: true },
      })
      const nameless = newDocument('c', {
        filePath: 'unknown_source',
        annotations: { externalId: 'x' },
        chunking: { strategy: 'custom' },
      })
      await store().queue.enqueue([nameless], REPLACE)
      expect(await store().documents.byId('a')).toMatchObject({
        filePath: 'b.txt',
        chunking: { strategy: 'custom' },
      })
    })

    it('give an id to a document without one that is replaced by its name', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const next = newDocument('b', { filePath: 'a.txt', annotations: { externalId: 'x' } })
      expect(await store().queue.enqueue([next], REPLACE)).toEqual([
        { kind: 'queued', replaced: 'a' },
      ])
      expect(await store().documents.byExternalId('x')).toMatchObject({ id: 'a' })
    })

    it('replace nothing when the name belongs to another document', async () => {
      const labelled = (id: string, externalId: string, filePath = `${id}.txt`) =>
        newDocument(id, { filePath, annotations: { externalId } })
      await store().queue.enqueue([labelled('a', 'x'), labelled('b', 'y')], KEEP)
      const both = labelled('c', 'x', 'b.txt')
      const renamed = labelled('d', 'z', 'b.txt')
      expect(await store().queue.enqueue([both, renamed], REPLACE)).toMatchObject([
        { kind: 'duplicate', by: 'external_id', existing: { id: 'a' } },
        { kind: 'duplicate', by: 'name', existing: { id: 'b' } },
      ])
      expect(await store().documents.text('a')).toBe('Text of a')
      expect(await store().documents.text('b')).toBe('Text of b')
    })
  })
}

/** Two documents of three speak of one entity, and one of them of another. */
async function fill(store: Store): Promise<void> {
  const annotations = {
    a: { tags: ['one'], attributes: { year: 1 } },
    b: { tags: ['two'], attributes: { year: 2, list: ['x', 'y'] } },
    c: { externalId: 'third' },
  }
  const tie = { keywords: '', description: 'river tie', weight: 1 }
  for (const [id, own] of Object.entries(annotations)) {
    const chunk = newChunk(`${id}-0`, {
      content: `river ${id}`,
      vector: vector(1, id.charCodeAt(0) - 97),
      entities: [...(id === 'c' ? [] : [said('Ada')]), said(`Ship ${id}`)],
      relations: id === 'c' ? [] : [{ source: 'Ada', target: `Ship ${id}`, ...tie }],
    })
    await publish(store, newDocument(id, { annotations: own }), [chunk], {
      entities: [entity('Ada'), entity(`Ship ${id}`)],
      relations: id === 'c' ? [] : [relation('Ada', `Ship ${id}`)],
    })
  }
}

/** Everything that can be found within a filter, by names and ids. */
async function seen(store: Store, searches: Searches) {
  const chunkHits = [
    await searches.matchChunks('river', 10),
    await searches.nearestChunks(vector(1, 1), 10),
    await searches.matchRelations('river', 10),
  ].map((hits) => hits.map(({ key }) => key))
  const named = await searches.entitiesByNameKey(['ada', 'ship a', 'ship b', 'ship c'])
  const entityHits = [
    (await searches.matchEntities('ada ship', 10)).map(({ key }) => key),
    (await searches.nearestEntities(vector(1), 10)).map(({ key }) => key),
    named.map(({ key }) => key),
    [...(await searches.entityKeys(['Ada', 'Ship a', 'Ship b', 'Ship c'])).values()],
    [
      ...(await searches.entitiesWithWords(['ada'], 9)),
      ...(await searches.entitiesWithWords(['ship'], 9)),
    ].map(({ key }) => key),
  ]
  const relationHits = (await searches.nearestRelations(vector(1), 10)).map(({ key }) => key)
  const ties = await searches.tiesOfEntities(entityHits[1] ?? [], 10)
  const names = await Promise.all(
    entityHits.map(async (keys) =>
      (await store.searches.entities(keys)).map(({ name }) => name).toSorted(),
    ),
  )
  // Rows are read past the filter: a search itself must keep to it, or others use up its limit.
  const ids = async (keys: readonly number[]) =>
    (await store.searches.chunks(keys)).map(({ id }) => id).toSorted()
  return {
    chunks: await Promise.all(chunkHits.map(ids)),
    entities: names[0],
    agree: names.every((found) => `${found}` === `${names[0]}`),
    relations: (await store.searches.relations(relationHits))
      .map(({ target }) => target)
      .toSorted(),
    followed: (await searches.relationsOf(entityHits[1] ?? [])).length,
    tied: await ids([...new Set(ties.map(({ chunk }) => chunk))]),
    fragments: (await searches.entityFragments(['Ada'], [], 10)).get('Ada')?.length,
  }
}

function describeScopes(store: () => Store): void {
  describe('searches within a filter', () => {
    const within = async (filter: Partial<DocumentFilter>) => {
      const searches = await store().searches.within({ ...ALL, ...filter })
      if (searches === null) throw new Error('everything is admitted')
      return searches
    }

    it('are not needed while everything is admitted', async () => {
      await fill(store())
      expect(await store().searches.within(null)).toBeNull()
      expect(await store().searches.within(ALL)).toBeNull()
    })

    it('see the chunks of the admitted documents and what these speak of', async () => {
      await fill(store())
      const onlyB = {
        chunks: [['b-0'], ['b-0'], ['b-0']],
        entities: ['Ada', 'Ship b'],
        agree: true,
        relations: ['Ship b'],
        followed: 1,
        tied: ['b-0'],
        fragments: 1,
      }
      expect(await seen(store(), await within({ documentIds: ['b'] }))).toEqual(onlyB)
      expect(await seen(store(), await within({ tags: ['two', 'none'] }))).toEqual(onlyB)
      expect(await seen(store(), await within({ attributes: { list: ['y'] } }))).toEqual(onlyB)
      expect(await seen(store(), await within({ filePaths: ['b.txt'], tags: ['two'] }))).toEqual(
        onlyB,
      )
      expect(await seen(store(), await within({ externalIds: ['third'] }))).toMatchObject({
        chunks: [['c-0'], ['c-0'], []],
        entities: ['Ship c'],
        relations: [],
        fragments: 0,
      })
      expect(await seen(store(), await within({ documentIds: [] }))).toMatchObject({
        chunks: [[], [], []],
        entities: [],
        relations: [],
      })
    })

    it('leave out what is disabled, and what only that speaks of', async () => {
      await fill(store())
      const before = await store().dataVersion()
      const changed = await store().documents.setAnnotations('b', { enabled: false })
      expect(changed?.annotations).toMatchObject({ tags: ['two'], enabled: false })
      expect(await store().dataVersion()).toBeGreaterThan(before)
      const searches = await store().searches.within(null)
      if (searches === null) throw new Error('something is disabled')
      expect(await seen(store(), searches)).toEqual({
        chunks: [['a-0', 'c-0'], ['a-0', 'c-0'], ['a-0']],
        entities: ['Ada', 'Ship a', 'Ship c'],
        agree: true,
        relations: ['Ship a'],
        followed: 1,
        tied: ['a-0', 'c-0'],
        fragments: 1,
      })
      expect((await seen(store(), await within({ tags: ['two'] }))).chunks).toEqual([[], [], []])
      await store().documents.setAnnotations('b', { enabled: true })
      expect(await store().searches.within(null)).toBeNull()
    })

    it('show no row of another document, whatever key is asked for', async () => {
      await fill(store())
      const searches = await within({ documentIds: ['a'] })
      const chunks = [...(await store().searches.chunkKeys(['a-0', 'b-0'])).values()]
      expect((await searches.chunks(chunks)).map(({ id }) => id)).toEqual(['a-0'])
      expect([...(await searches.chunkKeys(['a-0', 'b-0'])).keys()]).toEqual(['a-0'])
      const keys = [...(await store().searches.entityKeys(['Ada', 'Ship b'])).values()]
      expect((await searches.entities(keys)).map(({ name }) => name)).toEqual(['Ada'])
      expect(await searches.tiesOfChunks(chunks, 0, 99)).toHaveLength(2)
      const said = await searches.saidInChunks(chunks)
      expect(said.length).toBeGreaterThan(0)
      expect(new Set(said.map(({ chunk }) => chunk))).toEqual(new Set(chunks.slice(0, 1)))
      expect((await searches.relationKeys([['Ada', 'Ship b']])).size).toBe(0)
      const asked = await searches.matchChunks('river', 10)
      expect((await searches.chunks(asked.map(({ key }) => key))).map(({ id }) => id)).toEqual([
        'a-0',
      ])
    })

    it('follow every change', async () => {
      await fill(store())
      const chunksOf = async () => (await seen(store(), await within({ tags: ['one'] }))).chunks[0]
      expect(await chunksOf()).toEqual(['a-0'])
      await store().documents.setAnnotations('c', { tags: ['one'] })
      expect(await chunksOf()).toEqual(['a-0', 'c-0'])
      await store().graph.apply(change({ removes: [{ documentId: 'a', forget: true }] }))
      expect(await chunksOf()).toEqual(['c-0'])
      const next = newDocument('x', { filePath: 'c.txt', annotations: { tags: ['other'] } })
      await store().queue.enqueue([next], REPLACE)
      expect(await chunksOf()).toEqual([])
    })

    it('know no annotations of an unknown document', async () => {
      expect(await store().documents.setAnnotations('none', { enabled: false })).toBeNull()
    })
  })
}

function describeSetAside(store: () => Store): void {
  describe('chunks of a document', () => {
    it('are listed in order, all or those that were set aside', async () => {
      const chunks = [2, 0, 1].map((ordinal) =>
        newChunk(`a-${ordinal}`, { ordinal, error: ordinal === 1 ? 'broken' : null }),
      )
      await publish(store(), newDocument('a'), chunks)
      const list = async (onlySetAside: boolean, offset: number) => {
        const found = await store().documents.chunksOf('a', { onlySetAside, offset, limit: 2 })
        return [found.total, ...found.chunks.map(({ id, error }) => `${id} ${error}`)]
      }
      expect(await list(false, 0)).toEqual([3, 'a-0 null', 'a-1 broken'])
      expect(await list(false, 2)).toEqual([3, 'a-2 null'])
      expect(await list(true, 0)).toEqual([1, 'a-1 broken'])
      expect(
        await store().documents.chunksOf('b', { onlySetAside: false, offset: 0, limit: 2 }),
      ).toEqual({
        chunks: [],
        total: 0,
      })
    })

    it('stay visible when their document is put back', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0', { content: 'river' })])
      expect(await store().queue.requeueProcessed('a')).toBe(true)
      expect(await store().queue.requeueProcessed('a')).toBe(false)
      expect(await store().queue.requeueProcessed('b')).toBe(false)
      expect(await store().documents.byId('a')).toMatchObject({ status: 'pending', revision: 1 })
      expect(await store().searches.matchChunks('river', 5)).toHaveLength(1)
    })
  })
}

function describeCache(store: () => Store): void {
  describe('kept answers', () => {
    const keep = (key: string, most?: number) =>
      store().cache.put({ key, kind: 'query', value: key, chunkId: null }, most)

    it('are the newest, as many as there may be', async () => {
      await store().cache.put({ key: 'other', kind: 'summary', value: 'v', chunkId: null })
      for (const key of ['a', 'b', 'c']) await keep(key, 2)
      expect(await store().cache.get('a')).toBeNull()
      await keep('b', 2)
      await keep('d', 2)
      expect([await store().cache.get('b'), await store().cache.get('c')]).toEqual(['b', null])
      expect(await store().cache.get('other')).toBe('v')
    })

    it('go by their kind', async () => {
      await store().cache.put({ key: 'other', kind: 'summary', value: 'v', chunkId: null })
      await keep('a')
      expect(await store().cache.clear({ kind: 'query' })).toBe(1)
      expect(await store().cache.get('other')).toBe('v')
    })
  })
}
