import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/engine/ports/store.ts'
import { change, entity } from './samples.ts'

/** What holds however many engines work on one workspace. */
export function describeSharing(store: () => Store): void {
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
      expect(await store().searches.labels()).toEqual(['Ada'])
    })
  })
}
