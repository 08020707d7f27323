import { describe, expect, it } from 'vitest'
import { TaggedCache } from '../../../src/control/database/tagged-cache.ts'

describe('a cache with tags', () => {
  const made =
    (value: number, ...tags: string[]) =>
    async () => ({ value: { value }, tags })

  it('forgets what a dropped tag concerns, and nothing else', async () => {
    const cache = new TaggedCache<{ value: number }>(10)
    await cache.getOr('a', made(1, 'x', 'y'))
    await cache.getOr('b', made(2, 'y'))
    cache.drop('x')
    expect(cache.get('a')).toBeUndefined()
    expect(cache.get('b')).toEqual({ value: 2 })
  })

  it('does not keep what was made while something changed', async () => {
    const cache = new TaggedCache<{ value: number }>(10)
    const old = cache.getOr('a', async () => {
      cache.drop('anything')
      return { value: { value: 1 }, tags: ['x'] }
    })
    expect(await old).toEqual({ value: 1 })
    expect(cache.get('a')).toBeUndefined()
  })

  it('holds no tags of what it has dropped for want of room', async () => {
    const cache = new TaggedCache<{ value: number }>(2)
    for (let n = 0; n < 5; n += 1) await cache.getOr(`${n}`, made(n, `tag ${n}`))
    expect(cache.size).toBe(2)
    expect(cache.get('0')).toBeUndefined()
    expect(cache.get('4')).toEqual({ value: 4 })
  })
})
