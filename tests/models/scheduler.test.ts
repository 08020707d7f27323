import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Lane } from '../../src/engine/models.ts'
import { FairScheduler, type Release } from '../../src/models/scheduler.ts'

/** Takes the only slot, so that what follows has to wait. */
const occupied = async (limits = { limit: 1 }) => {
  const scheduler = new FairScheduler(limits)
  const release = await scheduler.acquire('blocker', 'query', undefined)
  return { scheduler, release }
}

describe('a scheduler', () => {
  it('never runs more jobs than its limit', async () => {
    const scheduler = new FairScheduler({ limit: 3 })
    let running = 0
    let peak = 0
    const job = async () => {
      peak = Math.max(peak, ++running)
      await turn()
      running--
    }
    const jobs = Array.from({ length: 20 }, (_, n) =>
      scheduler.run(`w${n % 4}`, 'extract', undefined, job),
    )
    await Promise.all(jobs)
    expect(peak).toBe(3)
    expect(scheduler.gauges()).toEqual({
      limit: 3,
      running: 0,
      waiting: { query: 0, summary: 0, extract: 0 },
      workspaces: 0,
    })
  })

  it('serves queries before summaries before extraction', async () => {
    const { scheduler, release } = await occupied()
    const order: string[] = []
    const lanes: Lane[] = ['extract', 'summary', 'query', 'extract', 'query']
    const jobs = lanes.map((lane) =>
      scheduler.run('w', lane, undefined, async () => order.push(lane)),
    )
    release()
    await Promise.all(jobs)
    expect(order).toEqual(['query', 'query', 'summary', 'extract', 'extract'])
  })

  it('serves workspaces by turns, whoever queued more', async () => {
    const { scheduler, release } = await occupied()
    const order: string[] = []
    const submit = (workspace: string, name: string) =>
      scheduler.run(workspace, 'extract', undefined, async () => order.push(name))
    const jobs = [
      ...['a1', 'a2', 'a3', 'a4'].map((name) => submit('a', name)),
      submit('b', 'b1'),
      submit('b', 'b2'),
      submit('c', 'c1'),
    ]
    release()
    await Promise.all(jobs)
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
  })

  it('lets others pass a workspace that has as many jobs as it may', async () => {
    const scheduler = new FairScheduler({ limit: 3, perWorkspace: 1 })
    const held = await scheduler.acquire('a', 'query', undefined)
    const started: string[] = []
    const wait = (workspace: string) =>
      scheduler.acquire(workspace, 'query', undefined).then((release) => {
        started.push(workspace)
        return release
      })
    const second = wait('a')
    const other = await wait('b')
    await turn()
    expect(started).toEqual(['b'])
    held()
    const release = await second
    expect(started).toEqual(['b', 'a'])
    for (const free of [other, release]) free()
  })

  it('drops a waiting job as soon as its caller gives up', async () => {
    const { scheduler, release } = await occupied()
    const controller = new AbortController()
    const given = scheduler.run('w', 'query', controller.signal, async () => 'ran')
    expect(scheduler.gauges().waiting.query).toBe(1)
    controller.abort(new Error('gone'))
    expect(scheduler.gauges().waiting.query).toBe(0)
    await expect(given).rejects.toThrow('gone')
    release()
    expect(scheduler.gauges().running).toBe(0)
  })

  it('refuses a caller who gave up before, without taking a slot', async () => {
    const scheduler = new FairScheduler({ limit: 1 })
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(scheduler.run('w', 'query', signal, async () => 1)).rejects.toThrow('gone')
    expect(scheduler.gauges().running).toBe(0)
  })

  it('frees the slot of a job that fails, and only once', async () => {
    const scheduler = new FairScheduler({ limit: 1 })
    const failing = scheduler.run('w', 'query', undefined, () => Promise.reject(new Error('bad')))
    await expect(failing).rejects.toThrow('bad')
    const release: Release = await scheduler.acquire('w', 'query', undefined)
    release()
    release()
    expect(scheduler.gauges().running).toBe(0)
  })

  it('runs each job in the context of its caller, not of whoever finished before', async () => {
    const context = new AsyncLocalStorage<string>()
    const { scheduler, release } = await occupied()
    const seen: (string | undefined)[] = []
    const job = async () => {
      seen.push(context.getStore())
      await turn()
    }
    const jobs = ['first', 'second'].map((name) =>
      context.run(name, () => scheduler.run('w', 'query', undefined, job)),
    )
    jobs.push(context.exit(() => scheduler.run('w', 'query', undefined, job)))
    context.run('releaser', release)
    await Promise.all(jobs)
    expect(seen).toEqual(['first', 'second', undefined])
  })
})
