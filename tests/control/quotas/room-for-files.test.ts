import { expect, it } from 'vitest'
import { ControlError } from '../../../src/control/core/control-error.ts'
import type { TenantKb } from '../../../src/control/kbs/tenant-kbs.ts'
import { DEFAULT_QUOTA } from '../../../src/control/quotas/quota.ts'
import { roomFor } from '../../../src/control/quotas/room-for-files.ts'
import type { FileVerdict } from '../../../src/engine/documents/check-calls.ts'

const TENANT_KB: TenantKb = {
  workspace: 'acme',
  tenantId: 'tnt_a',
  kbId: 'kb_a',
  quota: DEFAULT_QUOTA,
}

/** Room for so many documents and bytes; what is held is counted. */
function roomOf(documents: number, bytes: number) {
  let held = 0
  let asked = 0
  return {
    quotas: {
      reserve: async (_kb: TenantKb, amounts: { documents?: number; files?: number }) => {
        asked += 1
        if ((amounts.documents ?? 0) > documents || (amounts.files ?? 0) > bytes) {
          throw new ControlError('quota_exceeded', 'No room')
        }
        held += 1
        return {
          giveBack: async () => {
            held -= 1
          },
          settle: async () => undefined,
        }
      },
    },
    held: () => held,
    asked: () => asked,
  }
}

const checked = (verdicts: readonly FileVerdict[]) => ({
  items: verdicts.map((verdict, i) => ({
    name: `${i}.txt`,
    verdict,
    document_id: null,
    reason: null,
  })),
})
const files = (sizes: readonly number[]) => sizes.map((size, i) => ({ name: `${i}.txt`, size }))

it.each([
  [2, 1000, [1, 1, 1], ['new', 'new', 'over_quota']],
  [9, 25, [10, 10, 10], ['new', 'new', 'over_quota']],
  [9, 1000, [1, 1, 1], ['new', 'new', 'new']],
  [0, 1000, [1, 1, 1], ['over_quota', 'over_quota', 'over_quota']],
])(
  'with room for %i documents and %i bytes the rest is over it',
  async (most, bytes, sizes, expected) => {
    const room = roomOf(most, bytes)
    const { items } = await roomFor(
      room.quotas,
      TENANT_KB,
      files(sizes),
      checked(['new', 'new', 'new']),
    )
    expect(items.map(({ verdict }) => verdict)).toEqual(expected)
    expect(room.held()).toBe(0)
  },
)

it('counts those files alone that would be new', async () => {
  const room = roomOf(1, 10)
  const { items } = await roomFor(
    room.quotas,
    TENANT_KB,
    files([50, 10, 50, 10]),
    checked(['same', 'new', 'changed', 'new']),
  )
  expect(items.map(({ verdict }) => verdict)).toEqual(['same', 'new', 'changed', 'over_quota'])
})

it('asks a few times for a thousand files', async () => {
  const room = roomOf(617, 1_000_000)
  const all = Array.from({ length: 1000 }, () => 'new' as const)
  const { items } = await roomFor(room.quotas, TENANT_KB, files(all.map(() => 1)), checked(all))
  expect(items.filter(({ verdict }) => verdict === 'new')).toHaveLength(617)
  expect(room.asked()).toBeLessThan(15)
})
