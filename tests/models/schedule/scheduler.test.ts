import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Lane } from '../../../src/engine/ports/models.ts'
import { FairScheduler, fairShares, type Release } from '../../../src/models/schedule/scheduler.ts'

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

/** Calls that never end, as those of a model that hangs. */
function hang(scheduler: FairScheduler, workspace: string, lane: Lane, calls: number) {
  for (let i = 0; i < calls; i++) {
    scheduler.run(workspace, lane, undefined, () => new Promise(() => {})).catch(() => {})
  }
}

const runs = async (scheduler: FairScheduler, workspace: string, lane: Lane) => {
  let ran = false
  scheduler.run(workspace, lane, undefined, async () => {
    ran = true
  })
  await turn()
  return ran
}

describe('hanging calls', () => {
  it.each([2, 3, 4, 8, 16])(
    'of the documents of all workspaces leave a slot of %i to questions',
    async (limit) => {
      const scheduler = new FairScheduler({ limit, ...fairShares(limit, true) })
      for (const workspace of ['a', 'b', 'c']) hang(scheduler, workspace, 'extract', 20)
      hang(scheduler, 'a', 'summary', 20)
      expect(await runs(scheduler, 'a', 'query')).toBe(true)
      expect(await runs(scheduler, 'd', 'query')).toBe(true)
    },
  )

  it.each([3, 4, 8, 16])(
    'of the documents of one workspace leave a slot of %i to those of others',
    async (limit) => {
      const scheduler = new FairScheduler({ limit, ...fairShares(limit, true) })
      hang(scheduler, 'a', 'extract', 20)
      expect(await runs(scheduler, 'b', 'extract')).toBe(true)
    },
  )

  it.each([3, 4, 8, 16])(
    'of one workspace, questions and documents, leave a slot of %i to others',
    async (limit) => {
      const scheduler = new FairScheduler({ limit, ...fairShares(limit, true) })
      hang(scheduler, 'a', 'extract', 20)
      hang(scheduler, 'a', 'query', 20)
      expect(await runs(scheduler, 'b', 'query')).toBe(true)
    },
  )
})

describe('the shares of a limit', () => {
  it.each([
    // limit, kept for questions, of one workspace; for documents of one workspace
    [1, 0, 1, 1],
    [2, 1, 2, 1],
    [3, 1, 2, 1],
    [4, 1, 3, 2],
    [8, 1, 7, 6],
    [16, 2, 14, 12],
    [64, 8, 56, 48],
  ])('of %i are %i for questions and %i a workspace, %i of them documents', async (...row) => {
    const [limit, forQueries, perWorkspace, documents] = row
    const shares = fairShares(limit, true)
    expect(shares).toEqual({ forQueries, perWorkspace })
    const scheduler = new FairScheduler({ limit, ...shares })
    hang(scheduler, 'a', 'extract', 100)
    expect(scheduler.gauges().running).toBe(documents)
  })

  it('are all but that of questions for the only workspace of a server', () => {
    expect(fairShares(4, false)).toEqual({ forQueries: 1, perWorkspace: 4 })
    expect(fairShares(1, false)).toEqual({ forQueries: 0, perWorkspace: 1 })
  })

  it('never leave documents without a slot, whatever is set', () => {
    const scheduler = new FairScheduler({ limit: 2, forQueries: 9, perWorkspace: 1 })
    hang(scheduler, 'a', 'extract', 3)
    expect(scheduler.gauges().running).toBe(1)
  })
})
