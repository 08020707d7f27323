import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/engine/ports/store.ts'
import { change, entity, LEASE_MS, newChunk, newDocument } from './samples.ts'

const KEEP = { onConflict: 'keep' } as const
const BROKEN = { status: 'failed', errorMsg: 'broken' } as const

/** What holds however many engines work on one workspace. */
export function describeSharing(store: () => Store, openAgain: () => Promise<Store>): void {
  it('a store keeps others out of its workspace until it is closed, where it says that it does', async () => {
    const second = openAgain()
    if (!store().isExclusive) {
      await (await second).close()
      return
    }
    await expect(second).rejects.toMatchObject({ code: 'workspace_locked' })
    await store().close()
    await (await openAgain()).close()
  })

  describe('exclusive sections', () => {
    it('run one after another, also behind one that fails', async () => {
      const seen: string[] = []
      const section = (name: string, fails = false) =>
        store().graph.exclusively(async () => {
          seen.push(`${name} begins`)
          await store().dataVersion()
          seen.push(`${name} ends`)
          if (fails) throw new Error(`${name} fails`)
          return name
        })
      const [first, second] = await Promise.allSettled([section('a', true), section('b')])
      expect(first).toMatchObject({ status: 'rejected', reason: { message: 'a fails' } })
      expect(second).toEqual({ status: 'fulfilled', value: 'b' })
      expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
    })

    it('let one of two changes through that were prepared from the same data', async () => {
      const version = await store().dataVersion()
      const changeOnce = (name: string) =>
        store().graph.exclusively(async () => {
          if ((await store().dataVersion()) !== version) return false
          return store().graph.apply(change({ entities: [entity(name)] }))
        })
      expect(await Promise.all([changeOnce('Ada'), changeOnce('Bob')])).toEqual([true, false])
      expect(await store().searches.entityNames()).toEqual(['Ada'])
    })
  })

  describe('duplicates', () => {
    const at = { filePath: 'same.txt' }

    it('are told by the store, however many ask at once', async () => {
      const { queue, documents } = store()
      const some = ['a', 'b', 'c'].map((id) => newDocument(id, at))
      const told = await Promise.all(some.map((document) => queue.enqueue([document], KEEP)))
      const kinds = told.flat().map(({ kind }) => kind)
      expect(kinds.sort()).toEqual(['duplicate', 'duplicate', 'queued'])
      expect(await documents.statusCounts()).toMatchObject({ pending: 1 })
    })

    it('have nothing refused that came with them', async () => {
      const { queue, documents } = store()
      await queue.enqueue([newDocument('a', at)], KEEP)
      const some = [newDocument('b'), newDocument('c', at), newDocument('d')]
      expect(await queue.enqueue(some, KEEP)).toMatchObject([
        { kind: 'queued' },
        { kind: 'duplicate', by: 'name', existing: { id: 'a' } },
        { kind: 'queued' },
      ])
      expect(await documents.statusCounts()).toMatchObject({ pending: 3 })
      const own = newDocument('e', { ...at, annotations: { externalId: 'own' } })
      const twice = newDocument('f', { contentHash: newDocument('b').contentHash })
      const mixed = await queue.enqueue([own, newDocument('g'), twice], KEEP)
      expect(mixed.map(({ kind }) => kind)).toEqual(['duplicate', 'queued', 'duplicate'])
    })

    it('free the file of what they replace', async () => {
      const { queue } = store()
      await queue.enqueue([newDocument('a', { ...at, storedFile: 'old' })], KEEP)
      const next = newDocument('b', { ...at, storedFile: 'new' })
      const [outcome] = await queue.enqueue([next], { onConflict: 'replace' })
      expect(outcome).toEqual({ kind: 'queued', replaced: 'a', freedFile: 'old' })
    })
  })

  describe('claimed documents', () => {
    it('are given back by who has claimed them, and when a lease has run out', async () => {
      const { queue, documents } = store()
      await queue.enqueue(
        ['a', 'b', 'c'].map((id) => newDocument(id)),
        KEEP,
      )
      await queue.claim('one', LEASE_MS)
      await queue.claim('two', 0)
      await queue.claim('three', LEASE_MS)
      expect(await queue.interrupted('one')).toMatchObject([
        { id: 'a', owner: 'one' },
        { id: 'b', owner: 'two' },
      ])
      const failed = { deaths: 2, errorMsg: 'twice', failed: true }
      expect(await queue.recover('one', new Map([['c', failed]]))).toBe(2)
      expect(await documents.byId('c')).toMatchObject({ status: 'processing', deaths: 0 })
      expect(await documents.statusCounts()).toMatchObject({ pending: 2, processing: 1 })
    })

    it('stay with who renews the lease', async () => {
      const { queue } = store()
      await queue.enqueue([newDocument('a')], KEEP)
      await queue.claim('one', 0)
      await queue.renew('one', LEASE_MS)
      expect(await queue.recover('two')).toBe(0)
      await queue.renew('one', 0)
      expect(await queue.recover('two')).toBe(1)
    })

    it('take nothing any more from who had them before', async () => {
      const { queue, documents, graph } = store()
      await queue.enqueue([newDocument('a')], KEEP)
      await queue.claim('one', 0)
      await queue.recover('two')
      await queue.claim('two', LEASE_MS)
      const publishedBy = (owner: string) =>
        change({
          publishes: {
            documentId: 'a',
            revision: 1,
            owner,
            chunks: [newChunk(`by ${owner}`)],
            metadata: {},
          },
        })
      expect(await graph.apply(publishedBy('one'))).toBe(false)
      await queue.endAttempt('a', 1, BROKEN, 'one')
      expect(await documents.byId('a')).toMatchObject({ status: 'processing', errorMsg: null })
      expect(await graph.apply(publishedBy('two'))).toBe(true)
      expect([...(await store().searches.chunkKeys(['by one', 'by two'])).keys()]).toEqual([
        'by two',
      ])
    })
  })
}
