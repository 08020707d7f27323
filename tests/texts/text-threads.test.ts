import { afterEach, describe, expect, it } from 'vitest'
import { TextThreads } from '../../src/texts/text-threads.ts'
import { longText, PLANTED } from './planted-texts.ts'

const OPTIONS = { lane: 'extract' } as const
let threads: TextThreads
afterEach(() => threads.close())

function extract(workspace: string, text: string, signal?: AbortSignal): Promise<unknown> {
  const job = { kind: 'extract', input: { text, filePath: 'a', headings: [] } } as const
  return threads.run(workspace, job, text.length, { ...OPTIONS, signal })
}

const planted = (cpuMs: number) =>
  new TextThreads({ cpuMs, worker: new URL('./planted-worker.ts', import.meta.url) })

describe('threads for texts', () => {
  it('go to workspaces by turns, whoever has asked first and most', async () => {
    threads = new TextThreads()
    const done: string[] = []
    const ask = (workspace: string, times: number) =>
      Array.from({ length: times }, async () => {
        await extract(workspace, longText())
        done.push(workspace)
      })
    await Promise.all([...ask('huge', 40), ...ask('large', 40), ...ask('small', 5)])
    const before = done.slice(0, done.lastIndexOf('small')).filter((one) => one === 'huge')
    expect(before.length).toBeLessThan(20)
  })

  it('are never all held by one workspace', async () => {
    threads = planted(600_000)
    const gone = new AbortController()
    const spins = [1, 2, 3].map(() =>
      extract('culprit', `${PLANTED.spin}-extract`, gone.signal).catch(() => 'ended'),
    )
    expect(await extract('neighbour', 'Ann Lee met Bo Yi.')).toHaveProperty('entities')
    gone.abort(new Error('nobody wants it'))
    expect(await Promise.all(spins)).toEqual(['ended', 'ended', 'ended'])
  })

  it('refuse a text with what it took and what to do, and say which limit it was', async () => {
    threads = planted(100)
    const text = `${PLANTED.spin}-extract`.padEnd(100_000)
    await expect(extract('culprit', text)).rejects.toMatchObject({
      name: 'EngineError',
      code: 'invalid_argument',
      message: expect.stringMatching(/more than 1 seconds of a processor\. Take it in in parts/),
      details: { limit: 'cpu' },
    })
  })

  it('say that the server closes, to those who wait and those who come', async () => {
    threads = planted(600_000)
    const waiting = [1, 2].map(() => extract('culprit', `${PLANTED.spin}-extract`))
    const all = Promise.allSettled(waiting)
    await expect.poll(() => threads.size).toBe(1)
    threads.close()
    await all
    for (const one of [...waiting, extract('culprit', 'Ann met Bo.')]) {
      await expect(one).rejects.toMatchObject({ code: 'engine_closed' })
    }
  })
})
