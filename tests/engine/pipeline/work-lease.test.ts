import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { WorkLease } from '../../../src/engine/pipeline/work-lease.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING, newDocument } from '../../stores/samples.ts'

const MINUTE = 60_000
afterEach(() => {
  vi.useRealTimers()
})

it('keeps a document that is long in work from others, and none when its owner is gone', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'work-lease-'))
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  let isAtWork = true
  const { queue } = store
  const onError = (message: string, error: unknown) => expect([message, error]).toEqual([])
  const lease = new WorkLease({ queue, owner: 'one', isAtWork: () => isAtWork, onError })
  await queue.enqueue([newDocument('a')], { onConflict: 'keep' })
  expect(await lease.claim()).toMatchObject({ id: 'a' })
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(await queue.interrupted('another')).toEqual([])
  isAtWork = false
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(await queue.interrupted('another')).toMatchObject([{ id: 'a', owner: 'one' }])
  expect(vi.getTimerCount()).toBe(0)
  await store.close()
  await rm(dir, { recursive: true })
})
