import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DocumentRecord } from '../../src/engine/document-record.ts'
import { EngineError, ModelUnavailable } from '../../src/engine/errors.ts'
import { Pipeline, type PipelineParts } from '../../src/engine/ingest/pipeline.ts'
import { leakWarnings } from './leak-warnings.ts'

const record = (id: string): DocumentRecord => ({
  id,
  filePath: `${id}.txt`,
  status: 'processing',
  contentSummary: '',
  contentLength: 0,
  createdAt: 0,
  updatedAt: 0,
  trackId: 't',
  chunksCount: null,
  errorMsg: null,
  metadata: {},
  attempts: 1,
  revision: 1,
  storedFile: null,
  labels: { externalId: null, tags: [], attributes: {}, enabled: true },
  chunking: null,
})

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** A pipeline over a queue in memory; `process` is what the test wants of it. */
function pipelineOver(queue: string[], process: PipelineParts['process']) {
  const given: string[] = []
  const promised = new Set<string>()
  const parts: Writable<PipelineParts> = {
    claim: async () => {
      const id = queue.shift()
      return id === undefined ? null : record(id)
    },
    pendingCount: async () => queue.length,
    promisedDeletions: async () => [...promised],
    deleteDocument: async (id) => {
      given.push(`${id} deleted`)
      promised.delete(id)
      return id
    },
    tidy: async () => undefined,
    process,
    giveBack: async ({ id }, status) => {
      given.push(`${id} ${status}`)
      if (status === 'pending') queue.push(id)
    },
    background: (job) => job(),
    maxParallelInsert: 2,
    onError: () => undefined,
  }
  return { pipeline: new Pipeline(parts), parts, given, promised }
}

describe('Pipeline', () => {
  it('works off everything that is pending, also what came while it worked', async () => {
    const queue = ['a', 'b', 'c']
    const done: string[] = []
    const { pipeline } = pipelineOver(queue, async ({ id }) => {
      await nextTurn()
      done.push(id)
      if (id === 'c') {
        queue.push('d')
        pipeline.wake()
      }
    })
    pipeline.wake()
    await pipeline.idle()
    expect(done.sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(pipeline.status()).toMatchObject({ busy: false, request_pending: false })
  })

  it('loses no wake, whenever it comes', async () => {
    const queue: string[] = []
    let processed = 0
    const { pipeline } = pipelineOver(queue, async () => {
      processed++
    })
    for (let i = 0; i < 200; i++) {
      queue.push(`${i}`)
      pipeline.wake()
      for (let turn = 0; turn < i % 7; turn++) await Promise.resolve()
    }
    await pipeline.idle()
    expect(processed).toBe(200)
  })

  it('lets many calls of its documents heed its end', async () => {
    const { pipeline } = pipelineOver(['a'], async (_, { signal }) => {
      for (let call = 0; call < 20; call++) signal?.addEventListener('abort', () => undefined)
    })
    const warnings = await leakWarnings(() => {
      pipeline.wake()
      return pipeline.idle()
    })
    expect(warnings).toEqual([])
  })

  it('fails a document for its own fault and goes on', async () => {
    const { pipeline, given } = pipelineOver(['bad', 'good'], async ({ id }) => {
      if (id === 'bad') throw new EngineError('invalid_argument', 'not text')
    })
    pipeline.wake()
    await pipeline.idle()
    expect(given).toEqual(['bad failed'])
  })

  it('waits for a storage that takes nothing, and tries everything again', async () => {
    const refusing =
      <Args extends unknown[], Result>(times: number, work: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (times-- > 0) throw new EngineError('store_unavailable', 'The disk is full')
        return work(...args)
      }
    const done: string[] = []
    const process = async ({ id }: DocumentRecord) => {
      done.push(id)
    }
    const { parts, given, pipeline } = pipelineOver(['a', 'b'], refusing(2, process))
    parts.claim = refusing(1, parts.claim)
    parts.giveBack = refusing(1, parts.giveBack)
    pipeline.wake()
    await pipeline.idle()
    expect(given.toSorted()).toEqual(['a pending', 'b pending'])
    expect(done.toSorted()).toEqual(['a', 'b'])
  })

  it('leaves a document pending when a model is out, and tries it again', async () => {
    let calls = 0
    const { pipeline, given } = pipelineOver(['a'], async () => {
      if (++calls === 1) throw new ModelUnavailable('out')
    })
    pipeline.wake()
    await pipeline.idle()
    expect(given).toEqual(['a pending'])
    expect(calls).toBe(2)
  })

  it.each([2e9, 9_999_999, Number.NaN, -5, Number.POSITIVE_INFINITY])(
    'asks no model over and over that wants to be left alone for %d seconds',
    async (retryAfterSeconds) => {
      let calls = 0
      const { pipeline } = pipelineOver(['a'], async () => {
        calls++
        throw new ModelUnavailable('slow down', { retryAfterSeconds })
      })
      pipeline.wake()
      await sleep(100)
      await pipeline.close()
      expect(calls).toBe(1)
    },
  )

  it('puts back what a cancel interrupts, and keeps what waits', async () => {
    const queue = ['a', 'b', 'c']
    const { pipeline, given } = pipelineOver(
      queue,
      (_document, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    pipeline.wake()
    await nextTurn()
    expect(pipeline.cancel()).toBe(true)
    await pipeline.idle()
    expect(given.sort()).toEqual(['a pending', 'b pending'])
    expect(queue.sort()).toEqual(['a', 'b', 'c'])
    expect(pipeline.cancel()).toBe(false)
  })

  it('runs a job that must be alone only when idle, and takes up what came meanwhile', async () => {
    const queue = ['a']
    const done: string[] = []
    const { pipeline } = pipelineOver(queue, async ({ id }) => {
      await nextTurn()
      done.push(id)
    })
    pipeline.wake()
    expect(await pipeline.alone('Deleting', 1, async () => done.push('job'))).toBeNull()
    await pipeline.idle()
    const job = pipeline.alone('Deleting', 1, async () => {
      queue.push('b')
      pipeline.wake()
      await nextTurn()
      done.push('job')
    })
    await job
    await pipeline.idle()
    expect(done).toEqual(['a', 'job', 'b'])
  })

  it('keeps promised deletions before it goes on', async () => {
    const done: string[] = []
    const { pipeline, given, promised } = pipelineOver(['b'], async ({ id }) => {
      done.push(...given, id)
    })
    promised.add('a')
    pipeline.wake()
    await pipeline.idle()
    expect(done).toEqual(['a deleted', 'b'])
  })

  it('stops at close, and what was under way goes back', async () => {
    const { pipeline, given } = pipelineOver(
      ['a', 'b', 'c'],
      (_document, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason))
        }),
    )
    pipeline.wake()
    await nextTurn()
    await pipeline.close()
    expect(given.sort()).toEqual(['a pending', 'b pending'])
    pipeline.wake()
    expect(pipeline.busy).toBe(false)
  })
})
