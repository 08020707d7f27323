import { availableParallelism, totalmem } from 'node:os'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { hostCountFor, thisMachine } from '../../src/config/host-count.ts'

const GB = 1024 ** 3

describe('the number of engine hosts', () => {
  it.each([
    [1, 64 * GB, 0],
    [2, GB - 1, 0],
    [2, GB, 1],
    [4, 8 * GB, 3],
    [5, 8 * GB, 4],
    [64, 256 * GB, 4],
  ])('of a machine with %i cores and %i bytes is %i', (cores, memoryBytes, count) => {
    expect(hostCountFor({ cores, memoryBytes })).toBe(count)
  })

  it('follows this machine where it is left to the server', () => {
    const machine = thisMachine()
    expect(machine.cores).toBe(availableParallelism())
    expect(machine.memoryBytes).toBeGreaterThan(0)
    expect(machine.memoryBytes).toBeLessThanOrEqual(totalmem())
    expect(loadConfig({ ENGINE_HOSTS: 'auto' }).ENGINE_HOSTS).toBe(hostCountFor(machine))
  })

  it('is else the one that is said, and none where nothing is said', () => {
    expect(loadConfig({ ENGINE_HOSTS: '3' }).ENGINE_HOSTS).toBe(3)
    expect(loadConfig({}).ENGINE_HOSTS).toBe(0)
    expect(() => loadConfig({ ENGINE_HOSTS: 'some' })).toThrow(/ENGINE_HOSTS .* or auto/)
  })
})
