import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ListDocuments } from '../../../src/engine/ports/document-record.ts'
import { byOrigin } from '../../../src/engine/ports/fragment-order.ts'
import { pairKey } from '../../../src/engine/ports/pair.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { describeAnnotations } from '../annotations.contract.ts'
import { describeRetrieval } from '../retrieval.contract.ts'
import {
  change,
  entity,
  LEASE_MS,
  newChunk,
  newDocument,
  OWNER,
  publish,
  relation,
  said,
  vector,
} from '../samples.ts'
import { describeSharing } from '../sharing.contract.ts'

const KEEP = { onConflict: 'keep' } as const
const REPLACE = { onConflict: 'replace' } as const
const BROKEN = { status: 'failed', errorMsg: 'broken' } as const
const PLAINLY = { forgetAnswers: false, deleteFiles: false } as const

/**
 * @param open gives an empty store whose vectors have the dimension of the samples
 * @param openAgain opens the workspace of that store once more
 */
export function describeStore(
  name: string,
  open: () => Promise<Store>,
  openAgain: () => Promise<Store>,
): void {
  describe(`store on ${name}`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    describeIntake(() => store)
    describeLists(() => store)
    describeChanges(() => store)
    describeFragments(() => store)
    describeUpkeep(() => store)
    describeRetrieval(() => store)
    describeAnnotations(() => store)
    describeSharing(() => store, openAgain)
  })
}

function describeIntake(store: () => Store): void {
  describe('intake', () => {
    it('takes a document that failed already in as failed, so that nobody claims it', async () => {
      const failed = { ...newDocument('a'), failure: 'The file is empty.' }
      await store().queue.enqueue([failed], KEEP)
      expect(await store().queue.claim(OWNER, LEASE_MS)).toBeNull()
      const known = { status: 'failed', errorMsg: 'The file is empty.' }
      expect(await store().documents.byId('a')).toMatchObject(known)
      await store().queue.enqueue(
        [newDocument('x', { filePath: 'a.txt', text: 'New text' })],
        REPLACE,
      )
      expect(await store().queue.claim(OWNER, LEASE_MS)).toMatchObject({ id: 'a', errorMsg: null })
    })

    it('takes documents in as pending, with their texts', async () => {
      const outcome = await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      expect(outcome).toEqual([
        { kind: 'queued', replaced: null },
        { kind: 'queued', replaced: null },
      ])
      expect(await store().documents.byId('a')).toMatchObject({
        id: 'a',
        filePath: 'a.txt',
        status: 'pending',
        attempts: 0,
        chunksCount: null,
        errorMsg: null,
      })
      expect(await store().documents.text('b')).toBe('Text of b')
      expect(await store().queue.pendingCount()).toBe(2)
    })

    it('knows a document by its name, in any status', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const claimed = await store().queue.claim(OWNER, LEASE_MS)
      await store().queue.endAttempt('a', claimed?.revision ?? 0, BROKEN, OWNER)
      const again = newDocument('b', { filePath: 'a.txt' })
      const [outcome] = await store().queue.enqueue([again], KEEP)
      expect(outcome).toMatchObject({
        kind: 'duplicate',
        by: 'name',
        existing: { id: 'a', status: 'failed' },
      })
      expect(await store().documents.byId('b')).toBeNull()
    })

    it('knows a document by its content, under any name', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const again = newDocument('b', { filePath: 'unknown_source', contentHash: 'hash of a' })
      expect(await store().queue.enqueue([again], KEEP)).toMatchObject([
        { kind: 'duplicate', by: 'content', existing: { id: 'a' } },
      ])
    })

    it('takes any number of documents without a name', async () => {
      const nameless = ['unknown_source', 'unknown_source', 'no-file-path', 'no-file-path'].map(
        (filePath, index) => newDocument(`n${index}`, { filePath }),
      )
      const outcomes = await store().queue.enqueue(nameless, KEEP)
      expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(4).fill('queued'))
    })

    it('takes the second of two equal documents in one call for a duplicate', async () => {
      const sameName = newDocument('b', { filePath: 'a.txt' })
      const sameContent = newDocument('c', { contentHash: 'hash of a' })
      for (const options of [KEEP, REPLACE]) {
        const first = newDocument('a', { contentHash: 'hash of a' })
        await store().graph.clear()
        expect(await store().queue.enqueue([first, sameName, sameContent], options)).toMatchObject([
          { kind: 'queued' },
          { kind: 'duplicate', by: 'name', existing: { id: 'a' } },
          { kind: 'duplicate', by: 'content', existing: { id: 'a' } },
        ])
      }
    })

    it('puts a new text in the place of the old when asked to', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0', { content: 'old words' })])
      const before = await store().documents.byId('a')
      const next = newDocument('x', { filePath: 'a.txt', text: 'New text', trackId: 'second' })
      expect(await store().queue.enqueue([next], REPLACE)).toEqual([
        { kind: 'queued', replaced: 'a' },
      ])
      expect(await store().documents.byId('x')).toBeNull()
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'pending',
        trackId: 'second',
        attempts: 0,
        revision: (before?.revision ?? 0) + 1,
        createdAt: before?.createdAt,
      })
      expect(await store().documents.text('a')).toBe('New text')
      expect(await store().searches.matchChunks('old', 5)).toHaveLength(1)
    })

    it('keeps the old text when the new one is known already', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      const next = newDocument('x', { filePath: 'a.txt', contentHash: 'hash of b' })
      expect(await store().queue.enqueue([next], REPLACE)).toMatchObject([
        { kind: 'duplicate', by: 'content', existing: { id: 'b' } },
      ])
      expect(await store().documents.text('a')).toBe('Text of a')
    })

    it('gives a new document another id when the wanted one stands for another text', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      await store().queue.enqueue([newDocument('x', { filePath: 'a.txt' })], REPLACE)
      const old = newDocument('a', { filePath: 'copy.txt' })
      expect(await store().queue.enqueue([old], KEEP)).toEqual([{ kind: 'queued', replaced: null }])
      const copy = await store().documents.byPath('copy.txt')
      expect(copy?.id).not.toBe('a')
      expect(await store().documents.text(copy?.id ?? '')).toBe('Text of a')
    })

    it('claims the oldest first, each once', async () => {
      await store().queue.enqueue([newDocument('b'), newDocument('a')], KEEP)
      expect(await store().queue.claim(OWNER, LEASE_MS)).toMatchObject({
        id: 'b',
        status: 'processing',
        attempts: 1,
      })
      expect(await store().queue.claim(OWNER, LEASE_MS)).toMatchObject({ id: 'a' })
      expect(await store().queue.claim(OWNER, LEASE_MS)).toBeNull()
      expect(await store().queue.pendingCount()).toBe(0)
    })

    it('puts interrupted documents back', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      await store().queue.claim(OWNER, LEASE_MS)
      expect(await store().queue.recover(OWNER)).toBe(1)
      expect(await store().queue.recover(OWNER)).toBe(0)
      expect(await store().queue.claim(OWNER, LEASE_MS)).toMatchObject({ id: 'a', attempts: 2 })
    })

    it('keeps the text that was read from a file, for this revision only', async () => {
      await store().queue.enqueue([newDocument('a', { text: null, storedFile: 'a.bin' })], KEEP)
      expect(await store().documents.text('a')).toBeNull()
      const revision = (await store().documents.byId('a'))?.revision ?? 0
      const read = { text: 'Read', contentHash: 'h', contentSummary: 'Read', contentLength: 4 }
      expect(await store().queue.setText('a', revision + 1, read)).toBe(false)
      expect(await store().queue.setText('gone', revision, read)).toBe(false)
      expect(await store().queue.setText('a', revision, read)).toBe(true)
      expect(await store().documents.text('a')).toBe('Read')
      expect(await store().documents.byHash('h')).toMatchObject({
        id: 'a',
        contentSummary: 'Read',
        contentLength: 4,
        storedFile: 'a.bin',
      })
    })

    it('ends an attempt, for this revision only', async () => {
      await store().queue.enqueue([newDocument('a', { metadata: { kept: true } })], KEEP)
      const claimed = await store().queue.claim(OWNER, LEASE_MS)
      const revision = claimed?.revision ?? 0
      await store().queue.endAttempt(
        'a',
        revision + 1,
        { status: 'failed', errorMsg: 'stale' },
        OWNER,
      )
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'processing',
        errorMsg: null,
      })
      await store().queue.endAttempt('a', revision, BROKEN, OWNER)
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'failed',
        errorMsg: 'broken',
        metadata: { kept: true },
      })
      const later = { status: 'pending', errorMsg: null, counts: true } as const
      await store().queue.endAttempt('a', revision, later, OWNER)
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'pending',
        errorMsg: null,
        attempts: 1,
      })
    })

    it('counts no attempt that an outage ended, and keeps its place for the document', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      await store().queue.claim(OWNER, LEASE_MS)
      const outage = { status: 'pending', errorMsg: 'out', counts: false } as const
      await store().queue.endAttempt('a', 1, outage, OWNER)
      expect(await store().documents.byId('a')).toMatchObject({
        attempts: 0,
        errorMsg: 'out',
        blame: 0,
      })
      expect((await store().queue.claim(OWNER, LEASE_MS))?.id).toBe('a')
    })

    it('puts a document that waits behind the others, until its time has come', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      await store().queue.claim(OWNER, LEASE_MS)
      const nextAttemptAt = Date.now() + 60_000
      const waiting = { status: 'waiting', errorMsg: 'later', nextAttemptAt, blame: 4 } as const
      await store().queue.endAttempt('a', 1, waiting, OWNER)
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'pending',
        errorMsg: 'later',
        nextAttemptAt,
        blame: 4,
      })
      expect(await store().queue.nextAttemptAt()).toBe(nextAttemptAt)
      await store().queue.enqueue([newDocument('c')], KEEP)
      expect(await store().queue.positions(['c', 'a', 'b', 'unknown'])).toEqual(
        new Map([
          ['b', 0],
          ['a', 1],
          ['c', 2],
        ]),
      )
      expect((await store().queue.claim(OWNER, LEASE_MS))?.id).toBe('b')
      expect((await store().queue.claim(OWNER, LEASE_MS))?.id).toBe('c')
      expect(await store().queue.claim(OWNER, LEASE_MS)).toBeNull()
      expect(await store().queue.hurry()).toBe(1)
      expect(await store().queue.nextAttemptAt()).toBeNull()
      expect(await store().queue.claim(OWNER, LEASE_MS)).toMatchObject({
        id: 'a',
        attempts: 2,
        blame: 4,
      })
    })

    it('waits for no time that another clock has set', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      await store().queue.claim(OWNER, LEASE_MS)
      const nextAttemptAt = Date.now() + 10 * 365 * 86_400_000
      const waiting = { status: 'waiting', errorMsg: 'later', nextAttemptAt, blame: 1 } as const
      await store().queue.endAttempt('a', 1, waiting, OWNER)
      expect((await store().queue.claim(OWNER, LEASE_MS))?.id).toBe('a')
    })

    it('tells what a process had in work, and gives up what ended two of them', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b'), newDocument('c')], KEEP)
      await store().queue.claim('life-1', LEASE_MS)
      await store().queue.claim('life-1', LEASE_MS)
      await store().queue.beginStep('a', 'extract')
      const interrupted = { owner: 'life-1', deaths: 0 }
      expect(await store().queue.interrupted('life-1')).toEqual([
        { id: 'a', filePath: 'a.txt', trackId: 'track', step: 'extract', ...interrupted },
        { id: 'b', filePath: 'b.txt', trackId: 'track', step: '', ...interrupted },
      ])
      const once = { deaths: 1, errorMsg: 'once', failed: false }
      expect(await store().queue.recover('life-1', new Map([['a', once]]))).toBe(2)
      expect(await store().documents.byId('a')).toMatchObject({ status: 'pending', deaths: 1 })
      // It goes behind the others.
      expect([
        await store().queue.claim(OWNER, LEASE_MS),
        await store().queue.claim(OWNER, LEASE_MS),
      ]).toMatchObject([{ id: 'b' }, { id: 'c' }])
      expect(await store().queue.claim('life-2', LEASE_MS)).toMatchObject({ id: 'a', deaths: 1 })
      await store().queue.recover(
        'life-2',
        new Map([['a', { deaths: 2, errorMsg: 'twice', failed: true }]]),
      )
      const failed = { status: 'failed', errorMsg: 'twice', deaths: 2 }
      expect(await store().documents.byId('a')).toMatchObject(failed)
      // Who wants it tried again has it given up after one more.
      await store().queue.requeueFailed(['a'])
      expect(await store().documents.byId('a')).toMatchObject({ status: 'pending', deaths: 1 })
    })

    it('takes up no document that is to be deleted', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      await store().queue.scheduleDeletion(['a'], PLAINLY)
      expect((await store().queue.claim(OWNER, LEASE_MS))?.id).toBe('b')
      expect(await store().queue.claim(OWNER, LEASE_MS)).toBeNull()
    })

    it('puts failed documents back on request', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b'), newDocument('c')], KEEP)
      for (const id of ['a', 'b']) {
        const claimed = await store().queue.claim(OWNER, LEASE_MS)
        await store().queue.endAttempt(id, claimed?.revision ?? 0, BROKEN, OWNER)
      }
      expect(await store().queue.requeueFailed(['b', 'c', 'unknown'])).toBe(1)
      expect(await store().queue.requeueFailed(null)).toBe(1)
      expect(await store().queue.pendingCount()).toBe(3)
      expect(await store().documents.byId('a')).toMatchObject({ status: 'pending', errorMsg: null })
    })
  })
}

function describeLists(store: () => Store): void {
  describe('lists', () => {
    const all: ListDocuments = {
      statuses: null,
      sortField: 'id',
      sortDirection: 'asc',
      offset: 0,
      limit: 10,
    }

    it('sorts by every field in both directions, ties by id', async () => {
      const documents = ['b', 'a', 'ä', 'B'].map((id) =>
        newDocument(id, { filePath: 'unknown_source' }),
      )
      await store().queue.enqueue(documents, KEEP)
      for (const sortField of ['id', 'file_path', 'created_at', 'updated_at'] as const) {
        const up = await store().documents.list({ ...all, sortField })
        const down = await store().documents.list({ ...all, sortField, sortDirection: 'desc' })
        expect(down.documents.map(({ id }) => id)).toEqual(
          up.documents.map(({ id }) => id).reverse(),
        )
        if (sortField === 'id' || sortField === 'file_path') {
          expect(up.documents.map(({ id }) => id)).toEqual(['B', 'a', 'b', 'ä'])
        }
      }
    })

    it('pages, and counts what all pages hold', async () => {
      await store().queue.enqueue(
        ['a', 'b', 'c'].map((id) => newDocument(id)),
        KEEP,
      )
      const page = await store().documents.list({ ...all, offset: 2, limit: 2 })
      expect(page.documents.map(({ id }) => id)).toEqual(['c'])
      expect(page.total).toBe(3)
    })

    it('filters by status', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b')], KEEP)
      await store().queue.claim(OWNER, LEASE_MS)
      const listed = (statuses: ListDocuments['statuses']) =>
        store().documents.list({ ...all, statuses })
      expect(await listed(['processing'])).toMatchObject({ documents: [{ id: 'a' }], total: 1 })
      expect(await listed(['processing', 'pending'])).toMatchObject({ total: 2 })
      expect(await listed([])).toEqual({ documents: [], total: 0 })
      expect(await store().documents.statusCounts()).toEqual({
        pending: 1,
        processing: 1,
        preprocessed: 0,
        processed: 0,
        failed: 0,
      })
    })

    it('finds documents by path, hash and track', async () => {
      await store().queue.enqueue([newDocument('a'), newDocument('b', { trackId: 'other' })], KEEP)
      expect(await store().documents.byPath('b.txt')).toMatchObject({ id: 'b' })
      expect(await store().documents.byPath('B.txt')).toBeNull()
      expect(await store().documents.byHash('hash of a')).toMatchObject({ id: 'a' })
      expect(await store().documents.byHash('unknown')).toBeNull()
      expect(await store().documents.byTrack('other')).toMatchObject([{ id: 'b' }])
    })
  })
}

function describeChanges(store: () => Store): void {
  describe('changes', () => {
    it('publish a document with all it brings', async () => {
      const version = await store().dataVersion()
      await publish(store(), newDocument('a'), [newChunk('a-0'), newChunk('a-1', { ordinal: 1 })], {
        entities: [entity('Ada'), entity('Bob')],
        relations: [relation('Ada', 'Bob')],
      })
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'processed',
        chunksCount: 2,
      })
      expect(await store().counts()).toEqual({
        documents: 1,
        chunks: 2,
        entities: 2,
        relations: 1,
      })
      expect(await store().dataVersion()).toBeGreaterThan(version)
    })

    it('are refused, and leave nothing, when the document was deleted', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const claimed = await store().queue.claim(OWNER, LEASE_MS)
      await store().graph.apply(change({ removes: [{ documentId: 'a', forget: true }] }))
      const late = change({
        publishes: {
          documentId: 'a',
          revision: claimed?.revision ?? 0,
          owner: OWNER,
          chunks: [newChunk('a-0')],
          metadata: {},
        },
        entities: [entity('Ada')],
      })
      expect(await store().graph.apply(late)).toBe(false)
      expect(await store().counts()).toEqual({
        documents: 0,
        chunks: 0,
        entities: 0,
        relations: 0,
      })
      expect(await store().searches.nearestEntities(vector(1), 5)).toEqual([])
      expect(await store().documents.text('a')).toBeNull()
    })

    it('are refused when the document was replaced', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const claimed = await store().queue.claim(OWNER, LEASE_MS)
      await store().queue.enqueue([newDocument('x', { filePath: 'a.txt' })], REPLACE)
      await store().queue.claim(OWNER, LEASE_MS)
      const late = change({
        publishes: {
          documentId: 'a',
          revision: claimed?.revision ?? 0,
          owner: OWNER,
          chunks: [newChunk('a-0')],
          metadata: {},
        },
      })
      expect(await store().graph.apply(late)).toBe(false)
      expect(await store().counts()).toMatchObject({ chunks: 0 })
    })

    it('are refused when the document is not being processed', async () => {
      await store().queue.enqueue([newDocument('a')], KEEP)
      const revision = (await store().documents.byId('a'))?.revision ?? 0
      const early = change({
        publishes: {
          documentId: 'a',
          revision,
          owner: OWNER,
          chunks: [newChunk('a-0')],
          metadata: {},
        },
      })
      expect(await store().graph.apply(early)).toBe(false)
    })

    it('put a new version in the place of the old', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0', { content: 'old words' })], {
        entities: [entity('Ada')],
      })
      const [oldKey] = (await store().searches.chunkKeys(['a-0'])).values()
      await store().queue.enqueue([newDocument('x', { filePath: 'a.txt' })], REPLACE)
      const claimed = await store().queue.claim(OWNER, LEASE_MS)
      const applied = await store().graph.apply(
        change({
          removes: [{ documentId: 'a', forget: false }],
          publishes: {
            documentId: 'a',
            revision: claimed?.revision ?? 0,
            owner: OWNER,
            chunks: [newChunk('a-0', { content: 'new words' })],
            metadata: { seconds: 1 },
          },
          entities: [entity('Ada', { description: 'Ada has changed' })],
        }),
      )
      expect(applied).toBe(true)
      expect(await store().searches.matchChunks('old', 5)).toEqual([])
      expect(await store().searches.matchChunks('new', 5)).toHaveLength(1)
      const [key] = (await store().searches.chunkKeys(['a-0'])).values()
      expect(key).not.toBe(oldKey)
      expect(await store().searches.chunks([oldKey ?? 0])).toEqual([])
      expect(await store().searches.nearestChunks(vector(1), 5)).toMatchObject([{ key }])
      expect(await store().documents.byId('a')).toMatchObject({
        status: 'processed',
        chunksCount: 1,
        metadata: { seconds: 1 },
      })
      expect(await store().searches.popularEntities(5)).toMatchObject([
        { description: 'Ada has changed' },
      ])
    })

    it('keep the key of an entity and of a relation across versions', async () => {
      const both = { entities: [entity('Ada'), entity('Bob')], relations: [relation('Ada', 'Bob')] }
      await store().graph.apply(change(both))
      const before = await store().searches.entityKeys(['Ada'])
      const [tie] = await store().searches.relationsOf([...before.values()])
      await store().graph.apply(
        change({ ...both, relations: [relation('Ada', 'Bob', { weight: 7 })] }),
      )
      expect(await store().searches.entityKeys(['Ada'])).toEqual(before)
      expect(await store().searches.relationsOf([...before.values()])).toEqual([
        { ...tie, weight: 7 },
      ])
    })

    it('that state an entity or a relation twice leave the last', async () => {
      await store().graph.apply(
        change({
          entities: ['first', 'last'].flatMap((description) =>
            ['Ada', 'Bob'].map((name) => entity(name, { description })),
          ),
          relations: ['first', 'last'].map((description) =>
            relation('Ada', 'Bob', { description }),
          ),
        }),
      )
      expect(await store().counts()).toMatchObject({ entities: 2, relations: 1 })
      const entityKeys = [...(await store().searches.entityKeys(['Ada', 'Bob'])).values()]
      const relationKeys = [...(await store().searches.relationKeys([['Ada', 'Bob']])).values()]
      const found = [
        ...(await store().searches.entities(entityKeys)),
        ...(await store().searches.relations(relationKeys)),
      ]
      expect(found.map(({ description }) => description)).toEqual(['last', 'last', 'last'])
    })

    it('delete a document, its record and its text', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0')], {
        entities: [entity('Ada'), entity('Bob')],
        relations: [relation('Ada', 'Bob')],
      })
      await store().graph.apply(
        change({
          removes: [{ documentId: 'a', forget: true }],
          deadEntities: ['Ada'],
          deadRelations: [['Ada', 'Bob']],
        }),
      )
      expect(await store().documents.byId('a')).toBeNull()
      expect(await store().documents.text('a')).toBeNull()
      expect(await store().searches.entityNames()).toEqual(['Bob'])
      expect(await store().counts()).toEqual({
        documents: 0,
        chunks: 0,
        entities: 1,
        relations: 0,
      })
      expect(await store().searches.popularEntities(5)).toMatchObject([{ name: 'Bob', degree: 0 }])
      expect(await store().searches.nearestRelations(vector(1), 5)).toEqual([])
    })

    it('are taken back whole when one value is unfit', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0')], { entities: [entity('Ada')] })
      const unfit = (entities: Parameters<typeof entity>[1]) =>
        store().graph.apply(
          change({
            removes: [{ documentId: 'a', forget: true }],
            entities: [entity('Bob'), entity('Eve', entities)],
          }),
        )
      await expect(unfit({ vector: Float32Array.of(1, 0) })).rejects.toMatchObject({
        code: 'dimension_mismatch',
      })
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(unfit({ vector: Float32Array.of(1, bad, 0, 0) })).rejects.toMatchObject({
          code: 'invalid_argument',
        })
      }
      await expect(
        store().graph.apply(change({ relations: [relation('Ada', 'Ada')] })),
      ).rejects.toMatchObject({ code: 'invalid_argument' })
      expect(await store().searches.entityNames()).toEqual(['Ada'])
      expect(await store().searches.nearestEntities(vector(1), 5)).toHaveLength(1)
      expect(await store().searches.chunkKeys(['a-0'])).toHaveProperty('size', 1)
      await store().graph.apply(change({ entities: [entity('Bob')] }))
      expect(await store().searches.entityNames()).toEqual(['Ada', 'Bob'])
      expect(await store().documents.byId('a')).not.toBeNull()
    })

    it('that clear leave nothing but the model cache', async () => {
      await publish(store(), newDocument('a'), [newChunk('a-0')], {
        entities: [entity('Ada'), entity('Bob')],
        relations: [relation('Ada', 'Bob')],
      })
      await store().cache.put({ key: 'k', kind: 'extract', value: 'v', chunkId: 'a-0' })
      await store().searches.popularEntities(1)
      await store().graph.clear()
      expect(await store().counts()).toEqual({
        documents: 0,
        chunks: 0,
        entities: 0,
        relations: 0,
      })
      expect(await store().searches.entityNames()).toEqual([])
      expect(await store().searches.popularEntities(5)).toEqual([])
      expect(await store().searches.nearestChunks(vector(1), 5)).toEqual([])
      expect(await store().searches.matchChunks('content', 5)).toEqual([])
      expect(await store().cache.get('k')).toBe('v')
      await publish(store(), newDocument('a'), [newChunk('a-0')])
      expect(await store().counts()).toMatchObject({ documents: 1, chunks: 1 })
    })
  })
}

function describeFragments(store: () => Store): void {
  describe('fragments', () => {
    const tie = (source: string, target: string) => ({
      source,
      target,
      keywords: 'work',
      description: `${source} and ${target}`,
      weight: 2,
    })

    beforeEach(async () => {
      await publish(store(), newDocument('b'), [
        newChunk('b-1', { ordinal: 1, entities: [said('Ada', 'later in b')] }),
        newChunk('b-0', {
          entities: [
            said('Ada', 'first in b'),
            said('Bob', 'in b', { named: true }),
            said('Ada', 'again in b'),
          ],
          relations: [tie('Ada', 'Bob')],
        }),
      ])
      await publish(store(), newDocument('a'), [
        newChunk('a-0', { entities: [said('Ada', 'in a')], relations: [tie('Ada', 'Eve')] }),
      ])
    })

    it('tell what a document touches', async () => {
      const { entities, relations } = await store().graph.footprint(['b', 'unknown'])
      expect(entities.toSorted()).toEqual(['Ada', 'Bob'])
      expect(relations).toEqual([['Ada', 'Bob']])
    })

    it('come in canonical order with their origin', async () => {
      const found = await store().searches.entityFragments(['Ada', 'Nobody'], [], 10)
      const fragments = found.get('Ada') ?? []
      const described = fragments.map((fragment) => fragment.description)
      expect(described.toSorted()).toEqual(['again in b', 'first in b', 'in a', 'later in b'])
      expect(fragments).toEqual(fragments.toSorted(byOrigin))
      expect(fragments.find(({ description }) => description === 'again in b')).toEqual({
        name: 'Ada',
        type: 'person',
        description: 'again in b',
        documentId: 'b',
        filePath: 'b.txt',
        chunkId: 'b-0',
        ordinal: 0,
        position: 2,
        createdAt: (await store().documents.byId('b'))?.createdAt,
      })
      expect(found.get('Nobody')).toEqual([])
    })

    it('come no more than asked for, the first in order', async () => {
      const all = (await store().searches.entityFragments(['Ada'], [], 10)).get('Ada') ?? []
      const some = await store().searches.entityFragments(['Ada'], [], 2)
      expect(some.get('Ada')).toEqual(all.slice(0, 2))
      const [first] = all
      const others = await store().searches.entityFragments(['Ada'], [first?.documentId ?? ''], 1)
      const rest = all.filter(({ documentId }) => documentId !== first?.documentId)
      expect(others.get('Ada')).toEqual(rest.slice(0, 1))
    })

    it('of very many chunks come in order across all pages', async () => {
      for (const id of ['many', 'more']) {
        const chunks = Array.from({ length: 350 }, (_, index) => {
          const ordinal = (index * 37) % 350
          return newChunk(`${id}-${ordinal}`, { ordinal, entities: [said('Hub')] })
        })
        await publish(store(), newDocument(id), chunks)
      }
      const all = (await store().searches.entityFragments(['Hub'], [], 1000)).get('Hub') ?? []
      expect(all).toHaveLength(700)
      expect(all).toEqual(all.toSorted(byOrigin))
      const without =
        (await store().searches.entityFragments(['Hub'], ['more'], 1000)).get('Hub') ?? []
      expect(without).toEqual(all.filter(({ documentId }) => documentId === 'many'))
    })

    it('leave out the documents they are asked without', async () => {
      const found = await store().searches.entityFragments(['Ada', 'Bob'], ['b'], 10)
      expect(found.get('Ada')).toHaveLength(1)
      expect(found.get('Bob')).toEqual([])
    })

    it('of a pair are found under its key', async () => {
      const found = await store().searches.relationFragments([['Ada', 'Bob']], [], 10)
      expect(found.get(pairKey(['Ada', 'Bob']))).toMatchObject([
        { source: 'Ada', target: 'Bob', weight: 2, documentId: 'b', chunkId: 'b-0', position: 0 },
      ])
    })

    it('disappear with their document', async () => {
      await store().graph.apply(change({ removes: [{ documentId: 'b', forget: true }] }))
      expect((await store().searches.entityFragments(['Ada'], [], 10)).get('Ada')).toHaveLength(1)
      expect(await store().graph.footprint(['b'])).toEqual({ entities: [], relations: [] })
    })

    it('of a version that is not committed yet do not show', async () => {
      await store().queue.enqueue([newDocument('x', { filePath: 'b.txt' })], REPLACE)
      const found = await store().searches.entityFragments(['Ada'], [], 10)
      expect(found.get('Ada')).toHaveLength(4)
    })

    it('tie chunks to entities that are visible', async () => {
      await store().graph.apply(
        change({ entities: [entity('Ada', { sourceIds: ['x', 'y'] }), entity('Bob')] }),
      )
      const keys = await store().searches.chunkKeys(['b-0', 'a-0'])
      const names = await store().searches.entityKeys(['Ada', 'Bob', 'Eve'])
      const chunk = keys.get('b-0') ?? 0
      const ada = names.get('Ada') ?? 0
      expect(names.has('Eve')).toBe(false)
      const bob = { chunk, entity: names.get('Bob'), named: true, spread: 0 }
      const both = [{ chunk, entity: ada, named: false, spread: 2 }, bob]
      expect(await store().searches.tiesOfChunks([chunk], 0, 9)).toEqual(both)
      expect(await store().searches.tiesOfChunks([chunk], 0, 1)).toEqual([bob])
      expect(await store().searches.tiesOfChunks([chunk], 2, 2)).toEqual(both.slice(0, 1))
      expect(await store().searches.tiesOfChunks([999_999], 0, 9)).toEqual([])
    })

    it('tie entities to their first chunks in canonical order, each once', async () => {
      await store().graph.apply(change({ entities: [entity('Ada'), entity('Bob')] }))
      const names = await store().searches.entityKeys(['Ada', 'Bob'])
      const ada = names.get('Ada') ?? 0
      const all = await store().searches.tiesOfEntities([ada, names.get('Bob') ?? 0], 10)
      const fragments = (await store().searches.entityFragments(['Ada'], [], 10)).get('Ada') ?? []
      const ids = [...new Set(fragments.map((fragment) => fragment.chunkId))]
      const keys = await store().searches.chunkKeys(ids)
      const ofAda = all.filter((found) => found.entity === ada)
      expect(ofAda.map((found) => found.chunk)).toEqual(ids.map((id) => keys.get(id)))
      expect(all.filter((found) => found.entity !== ada)).toMatchObject([{ named: true }])
      expect(await store().searches.tiesOfEntities([ada, 999_999], 2)).toEqual(ofAda.slice(0, 2))
    })
  })
}

function describeUpkeep(store: () => Store): void {
  describe('upkeep', () => {
    it('names what has no embedding yet, and takes the vectors', async () => {
      await store().graph.apply(
        change({
          entities: [entity('Ada', { vector: null }), entity('Bob')],
          relations: [relation('Ada', 'Bob', { vector: null })],
        }),
      )
      const pending = await store().graph.pendingEmbeddings(10)
      expect(pending).toMatchObject({
        entities: [{ name: 'Ada', degree: 1 }],
        relations: [{ source: 'Ada', target: 'Bob' }],
      })
      const [ada] = pending.entities
      const [pair] = pending.relations
      expect(await store().searches.nearestEntities(vector(0, 1), 5)).toHaveLength(1)
      expect(await store().searches.nearestRelations(vector(0, 1), 5)).toEqual([])
      const version = await store().dataVersion()
      await store().graph.setVectors(
        [{ key: ada?.key ?? 0, vector: vector(0, 1) }],
        [{ key: pair?.key ?? 0, vector: vector(0, 1) }],
      )
      expect(await store().graph.pendingEmbeddings(10)).toEqual({ entities: [], relations: [] })
      expect(await store().searches.nearestEntities(vector(0, 1), 1)).toMatchObject([
        { key: ada?.key },
      ])
      expect(await store().searches.nearestRelations(vector(0, 1), 5)).toMatchObject([
        { key: pair?.key },
      ])
      expect(await store().dataVersion()).toBeGreaterThan(version)
    })

    it('keeps vectors of what did not change, and keeps pending what was pending', async () => {
      const [ada, bob] = [entity('Ada', { vector: vector(0, 1) }), entity('Bob', { vector: null })]
      const tie = relation('Ada', 'Bob', { vector: vector(0, 0, 1) })
      await store().graph.apply(change({ entities: [ada, bob], relations: [tie] }))
      await store().searches.nearestEntities(vector(1), 1)
      const keep = { vector: 'keep', description: 'Still the same' } as const
      await store().graph.apply(
        change({
          entities: [{ ...ada, ...keep }, { ...bob, ...keep }, entity('Eve', keep)],
          relations: [{ ...tie, ...keep }],
        }),
      )
      expect(await store().searches.nearestEntities(vector(0, 1), 5)).toMatchObject([{ score: 1 }])
      expect(await store().searches.nearestRelations(vector(0, 0, 1), 5)).toMatchObject([
        { score: 1 },
      ])
      const pending = await store().graph.pendingEmbeddings(10)
      expect(pending.entities.map(({ name }) => name)).toEqual(['Bob', 'Eve'])
      expect(pending.entities).toMatchObject([
        { embeddingPending: true },
        { embeddingPending: true },
      ])
      expect(pending.relations).toEqual([])
      const keys = await store().searches.entityKeys(['Ada'])
      expect(await store().searches.entities([...keys.values()])).toMatchObject([
        { embeddingPending: false, description: 'Still the same' },
      ])
    })

    it('remembers scheduled deletions in order, until the document is forgotten', async () => {
      const documents = ['a', 'b', 'c'].map((id) => newDocument(id))
      await store().queue.enqueue(documents, KEEP)
      const taken = await store().queue.scheduleDeletion(['c', 'unknown', 'a'], PLAINLY)
      expect(taken.map(({ id }) => id)).toEqual(['c', 'a'])
      await store().queue.scheduleDeletion(['b', 'c'], { forgetAnswers: true, deleteFiles: false })
      expect(await store().queue.scheduledDeletions()).toEqual(['c', 'a', 'b'])
      expect(await store().queue.scheduledDeletion('a')).toEqual({ documentId: 'a', ...PLAINLY })
      const how = { documentId: 'c', forgetAnswers: true, deleteFiles: false }
      expect(await store().queue.scheduledDeletion('c')).toEqual(how)
      // What was asked for the first time is not taken back by asking for less.
      await store().queue.scheduleDeletion(['c'], PLAINLY)
      expect(await store().queue.scheduledDeletion('c')).toEqual(how)
      await store().graph.apply(change({ removes: [{ documentId: 'a', forget: true }] }))
      expect(await store().queue.scheduledDeletions()).toEqual(['c', 'b'])
      await store().graph.clear()
      await store().queue.enqueue(documents, KEEP)
      expect(await store().queue.scheduledDeletions()).toEqual([])
      expect(await store().queue.scheduledDeletion('c')).toBeNull()
    })

    it('keeps answers of models', async () => {
      expect(await store().cache.get('k')).toBeNull()
      await store().cache.put({ key: 'k', kind: 'extract', value: 'one', chunkId: 'c1' })
      await store().cache.put({ key: 'k', kind: 'extract', value: 'two', chunkId: 'c1' })
      await store().cache.put({ key: 'q', kind: 'query', value: 'three', chunkId: null })
      expect(await store().cache.get('k')).toBe('two')
      expect(await store().cache.clear({ chunkIds: ['c1', 'c2'] })).toBe(1)
      expect(await store().cache.get('k')).toBeNull()
      expect(await store().cache.clear(null)).toBe(1)
      expect(await store().cache.get('q')).toBeNull()
    })

    it('counts the memory that vectors take', async () => {
      const before = store().bytes()
      await store().searches.nearestEntities(vector(1), 1)
      const entities = Array.from({ length: 2000 }, (_, index) => entity(`e${index}`))
      await store().graph.apply(change({ entities }))
      expect(store().bytes() - before).toBeGreaterThan(2000 * 4 * 4)
    })

    it('refuses everything once closed, and closes twice without harm', async () => {
      await store().close()
      await store().close()
      const calls = [
        store().queue.enqueue([newDocument('a')], KEEP),
        store().queue.claim(OWNER, LEASE_MS),
        store().graph.apply(change({})),
        store().graph.clear(),
        store().searches.matchChunks('x', 1),
        store().searches.nearestEntities(vector(1), 1),
        store().searches.popularEntities(1),
        store().searches.entityNames(),
        store().cache.get('k'),
        store().counts(),
      ]
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'engine_closed' })
    })
  })
}
