import { describe, expect, it, onTestFinished } from 'vitest'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import type { PoolOptions } from '../../../src/tenancy/pool/pool-options.ts'
import { warmPool } from '../../../src/tenancy/pool/warm-pool.ts'

interface Engine {
  readonly workspace: string
}

function start(more: Partial<PoolOptions<Engine>>) {
  const pool = new EnginePool<Engine>({
    open: async (workspace) => {
      if (workspace === 'broken') throw new Error('planned')
      return { workspace }
    },
    close: async () => undefined,
    maxEngines: 2,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 60_000,
    ...more,
  })
  onTestFinished(async () => void (await pool.drain(0)))
  const use = async (workspace: string) => (await pool.acquire(workspace)).release()
  const open = () => pool.engines().map(({ workspace }) => workspace)
  return { pool, use, open }
}

describe('a pinned workspace', () => {
  it('stays open while others take turns', async () => {
    const { use, open } = start({ pinned: ['Acme'] })
    for (const name of ['Acme', 'b', 'c', 'd']) await use(name)
    expect(open()).toEqual(['Acme', 'd'])
  })

  it('is not closed for being idle', async () => {
    const { use, open } = start({ pinned: ['a'], idleMs: 10 })
    for (const name of ['a', 'b']) await use(name)
    while (open().includes('b')) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(open()).toEqual(['a'])
  })

  it('lets others in although it fills the memory', async () => {
    const { use, open } = start({ pinned: ['a'], maxBytes: 10, bytesOf: () => 100 })
    for (const name of ['a', 'b', 'c']) await use(name)
    expect(open()).toContain('a')
  })

  it('can still be evicted', async () => {
    const { pool, use, open } = start({ pinned: ['a'] })
    await use('a')
    await pool.evict('a')
    expect(open()).toEqual([])
  })

  it('leaves a place for others', () => {
    expect(() => start({ pinned: ['a', 'b'] })).toThrow(RangeError)
  })
})

it('opens workspaces in advance, and tells of those that it cannot open', async () => {
  const { pool, open } = start({})
  const failed: string[] = []
  await warmPool(pool, ['a', 'broken', 'b'], (workspace) => failed.push(workspace))
  expect(open()).toEqual(['a', 'b'])
  expect(failed).toEqual(['broken'])
})
