import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DigestMap } from '../../../src/tenancy/sign-in/digest-map.ts'

/** Digests that mostly stand in the same places, and differ in the last byte if at all. */
const crowdedDigests = fc
  .tuple(fc.nat(3), fc.nat(9))
  .map(([first, last]) => Uint8Array.of(first, ...Array<number>(30).fill(0), last))

it('finds what was added first under a digest, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(crowdedDigests, { maxLength: 60 }),
      fc.array(crowdedDigests, { maxLength: 20 }),
      (added, asked) => {
        const map = new DigestMap(added.length)
        const model = new Map<string, number>()
        for (const [number, digest] of added.entries()) {
          expect(map.add(digest, number)).toBe(model.get(String(digest)))
          if (!model.has(String(digest))) model.set(String(digest), number)
        }
        const received = new DigestMap(structuredClone(map.data))
        for (const digest of [...added, ...asked]) {
          expect(received.get(digest)).toBe(model.get(String(digest)))
        }
      },
    ),
  )
})

it('is empty when it was made for nothing', () => {
  expect(new DigestMap(0).get(new Uint8Array(32))).toBeUndefined()
})
