import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TryLater } from '../../../src/engine/pipeline/attempt.ts'
import { modelOutages } from '../../../src/engine/pipeline/model-outages.ts'
import { Pipeline, type PipelineParts } from '../../../src/engine/pipeline/pipeline.ts'
import { PipelineLog } from '../../../src/engine/pipeline/pipeline-log.ts'
import type { AttemptEnd, DocumentRecord } from '../../../src/engine/ports/document-record.ts'
import { EngineError, ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import { ModelHealth } from '../../../src/engine/ports/model-health.ts'
import { leakWarnings } from '../leak-warnings.ts'

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
  blame: 0,
  deaths: 0,
  nextAttemptAt: null,
  revision: 1,
  storedFile: null,
  annotations: { externalId: null, tags: [], attributes: {}, enabled: true },
  chunking: null,
  origin: { size: null, fileHash: null, author: null },
})

const IDLE = { busy: false, requestPending: false, cancellationRequested: false }

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** A pipeline over a queue in memory; `process` is what the test wants of it. */
function pipelineOver(queue: string[], process: PipelineParts['process']) {
  const given: string[] = []
  const check = { health: new ModelHealth(), probe: null }
  const log = new PipelineLog()
  const parts: Writable<PipelineParts> = {
    claim: async () => {
      const id = queue.shift()
      return id === undefined ? null : record(id)
    },
    pendingCount: async () => queue.length,
    nextAttemptAt: async () => null,
    tidy: async () => undefined,
    process: async (document, options, onStep) => {
      try {
        await process(document, options, onStep)
      } catch (error) {
        // As an attempt does whose model has no other calls to be judged by.
        if (error instanceof ModelUnavailable) {
          await check.health.judge(error, null, options.signal)
        }
        throw error
      }
    },
    endAttempt: async ({ id }, { status }) => {
      given.push(`${id} ${status}`)
      if (status === 'pending') queue.push(id)
    },
    models: modelOutages({ llm: check, embedding: check }),
    background: (job) => job(),
    putOffMs: async () => 0,
    maxParallelInsert: 2,
    retryPaceMs: 1000,
    log,
    onEvent: () => undefined,
    onError: () => undefined,
  }
  return { pipeline: new Pipeline(parts), parts, given, log }
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
    expect(pipeline).toMatchObject({ busy: false, requestPending: false })
  })

  it('puts off documents that have to wait, without holding anybody up, and goes on by itself', async () => {
    const queue = ['a', 'b', 'c']
    const done: string[] = []
    let putOffMs = 0
    const { pipeline, parts, given } = pipelineOver(queue, async ({ id }) => {
      done.push(id)
      putOffMs = 50
    })
    parts.maxParallelInsert = 1
    parts.putOffMs = async () => putOffMs
    pipeline.wake()
    // Who waits for the work that goes on does not wait for what is put off.
    await pipeline.idle()
    expect(done).toEqual(['a'])
    expect(queue).toEqual(['b', 'c'])
    pipeline.wake()
    await pipeline.idle()
    expect(done).toEqual(['a'])
    putOffMs = 0
    await expect.poll(() => done).toEqual(['a', 'b'])
    putOffMs = 0
    await expect.poll(() => done).toEqual(['a', 'b', 'c'])
    expect(given).toEqual([])
    await pipeline.close()
  })

  it('goes on when nobody can tell whether documents are put off', async () => {
    const queue = ['a', 'b']
    const done: string[] = []
    const { pipeline, parts } = pipelineOver(queue, async ({ id }) => {
      done.push(id)
    })
    parts.putOffMs = async () => {
      throw new Error('nobody is there')
    }
    pipeline.wake()
    await pipeline.idle()
    expect(done.sort()).toEqual(['a', 'b'])
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
    parts.endAttempt = refusing(1, parts.endAttempt)
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

  it('puts a document behind the others that a model fails for alone, and says until when', async () => {
    const ends: AttemptEnd[] = []
    const { pipeline, parts, log } = pipelineOver(['bad', 'good'], async ({ id }) => {
      if (id === 'bad') throw new TryLater('The model provider failed (500)', 8, 4)
    })
    parts.endAttempt = async (_document, end) => {
      ends.push(end)
    }
    const before = Date.now()
    pipeline.wake()
    await pipeline.idle()
    expect(ends).toMatchObject([
      { status: 'waiting', errorMsg: 'The model provider failed (500)', blame: 8 },
    ])
    const [end] = ends
    if (end?.status !== 'waiting') throw new Error('it does not wait')
    expect(end.nextAttemptAt).toBeGreaterThanOrEqual(before + 4_000)
    const { history_messages } = log.status(IDLE)
    const until = new Date(end.nextAttemptAt).toISOString()
    expect(history_messages).toContainEqual(
      `bad.txt is tried again from ${until} on: The model provider failed (500)`,
    )
    expect(history_messages).toContainEqual('Processed good.txt')
  })

  it('takes up a document by itself whose wait is over', async () => {
    const queue: string[] = []
    const done: string[] = []
    const { pipeline, parts } = pipelineOver(queue, async ({ id }) => {
      done.push(id)
    })
    let due: number | null = Date.now() + 50
    parts.nextAttemptAt = async () => {
      if (due !== null && due <= Date.now()) {
        queue.push('late')
        due = null
      }
      return due
    }
    pipeline.wake()
    await pipeline.idle()
    expect(done).toEqual([])
    // Looked at again at the end of the run that the alarm has begun.
    await expect.poll(() => queue.length).toBe(1)
    pipeline.wake()
    await pipeline.idle()
    expect(done).toEqual(['late'])
    await pipeline.close()
  })

  it('ends the work on a document that is to be deleted, and goes on with the others', async () => {
    const done: string[] = []
    const { pipeline, parts, given } = pipelineOver(
      ['a', 'b'],
      ({ id }, { signal }) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason))
          if (id === 'a') return
          done.push(id)
          resolve()
        }),
    )
    parts.endAttempt = async ({ id }, { status }) => {
      given.push(`${id} ${status}`)
    }
    pipeline.wake()
    await expect.poll(() => done).toEqual(['b'])
    pipeline.drop(['a', 'unknown'])
    await pipeline.idle()
    expect(given).toEqual(['a pending'])
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
