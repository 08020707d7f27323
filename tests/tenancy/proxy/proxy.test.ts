import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import type { AcquireOptions, EngineSource, Lease } from '../../../src/tenancy/pool/lease.ts'
import { createProxy } from '../../../src/tenancy/proxy/proxy.ts'
import { contextOf, deferred, settle, until } from '../fixtures.ts'

interface Counter {
  whereAmI(): Promise<string>
  wait(gate: Promise<void>, options?: { signal?: AbortSignal }): Promise<string>
  fail(): Promise<never>
  count(to: number, options?: { signal?: AbortSignal }): AsyncIterable<string>
  hidden(): Promise<void>
}

class CounterEngine implements Counter {
  finished = 0
  readonly workspace: string
  constructor(workspace: string) {
    this.workspace = workspace
  }
  async whereAmI() {
    return this.workspace
  }
  async wait(gate: Promise<void>) {
    await gate
    return this.workspace
  }
  async fail(): Promise<never> {
    throw new RangeError('no')
  }
  async *count(to: number) {
    try {
      for (let number = 1; number <= to; number += 1) {
        if (number === 13) throw new RangeError('thirteen')
        yield `${this.workspace} ${number} in ${context.current()?.workspace}`
      }
    } finally {
      this.finished += 1
    }
  }
  async hidden() {}
}

/** Hands out one engine per workspace and counts what is held. */
class CountingSource implements EngineSource<CounterEngine> {
  readonly engines = new Map<string, CounterEngine>()
  held = 0
  acquired = 0
  gate: Promise<void> | undefined
  /** Grants even when the wait was called off. */
  deaf = false

  async acquire(workspace: string, options: AcquireOptions = {}): Promise<Lease<CounterEngine>> {
    options.signal?.throwIfAborted()
    if (this.gate !== undefined) {
      await (this.deaf ? this.gate : Promise.race([this.gate, rejectOn(options.signal)]))
    }
    const engine = this.engines.get(workspace) ?? new CounterEngine(workspace)
    this.engines.set(workspace, engine)
    this.held += 1
    this.acquired += 1
    let released = false
    const release = () => {
      if (!released) this.held -= 1
      released = true
    }
    return { engine, release }
  }
}

function rejectOn(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}

let pool: CountingSource
let rag: Counter
const acme = contextOf('acme')
const techstart = contextOf('techstart')

beforeEach(() => {
  pool = new CountingSource()
  rag = proxyOver(60_000)
})

function proxyOver(abandonAfterMs: number): Counter {
  return createProxy<Counter>({
    methods: ['whereAmI', 'wait', 'fail'],
    streams: ['count'],
    pool,
    context,
    abandonAfterMs,
  })
}

describe('proxy', () => {
  it('sends a call to the engine of the calling context', async () => {
    const places = await Promise.all([
      context.run(acme, () => rag.whereAmI()),
      context.run(techstart, () => rag.whereAmI()),
    ])
    expect(places).toEqual(['acme', 'techstart'])
    expect(pool.held).toBe(0)
  })

  it('throws when a method is touched outside any context', () => {
    expect(() => rag.whereAmI).toThrow(expect.objectContaining({ code: 'missing_context' }))
    expect(() => rag.count).toThrow(expect.objectContaining({ code: 'missing_context' }))
  })

  it('serves the captured workspace to a timer that runs after the context ended', async () => {
    const touched = context.run(acme, () => rag.whereAmI)
    expect(context.current()).toBeUndefined()
    const place = await new Promise<string>((resolve) => {
      setTimeout(() => resolve(touched()), 1)
    })
    expect(place).toBe('acme')
  })

  it('throws when a kept method is called in the context of another workspace', () => {
    const kept = context.run(acme, () => rag.whereAmI)
    const keptStream = context.run(acme, () => rag.count)
    const foreign = expect.objectContaining({ code: 'foreign_context' })
    expect(() => context.run(techstart, () => kept())).toThrow(foreign)
    expect(() => context.run(techstart, () => keptStream(1))).toThrow(foreign)
    expect(pool.acquired).toBe(0)
  })

  it('lets a kept method run in another context of its own workspace', async () => {
    const kept = context.run(acme, () => rag.whereAmI)
    const later = { ...acme, requestId: 'r-2' }
    expect(await context.run(later, () => kept())).toBe('acme')
  })

  it('can be awaited, logged and serialised without touching an engine', async () => {
    await context.run(acme, async () => {
      expect(await rag).toBe(rag)
      expect(JSON.stringify({ rag })).toBe('{"rag":{}}')
      inspect(rag, { showHidden: true, getters: false })
      const anything = rag as unknown as Record<string | symbol, unknown>
      for (const name of ['then', 'toJSON', 'constructor', 'hidden', 'nothing', Symbol.iterator]) {
        expect(anything[name]).toBeUndefined()
      }
      expect(Object.keys(rag)).toEqual([])
    })
    expect(pool.acquired).toBe(0)
  })

  it('keeps no state', () => {
    expect(() => Object.assign(rag, { memo: 1 })).toThrow(TypeError)
    expect(() => Object.assign(rag, { whereAmI: 1 })).toThrow(TypeError)
  })

  it('holds the lease while a call runs and gives it back when the call fails', async () => {
    const gate = deferred()
    const waiting = context.run(acme, () => rag.wait(gate.promise))
    await settle()
    expect(pool.held).toBe(1)
    gate.resolve()
    await waiting
    expect(pool.held).toBe(0)
    await expect(context.run(acme, () => rag.fail())).rejects.toThrow(RangeError)
    expect(pool.held).toBe(0)
  })

  it('stops waiting for an engine when the signal among the arguments fires', async () => {
    pool.gate = new Promise(() => undefined)
    const abort = new AbortController()
    const waiting = context.run(acme, () => rag.wait(Promise.resolve(), { signal: abort.signal }))
    abort.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
  })
})

describe('stream through the proxy', () => {
  it('takes the lease at the call and gives it back at the end', async () => {
    const stream = context.run(acme, () => rag.count(2))
    await settle()
    expect(pool.held).toBe(1)
    const items: string[] = []
    // Pulled outside any context, as a response stream is.
    for await (const item of stream) items.push(item)
    expect(items).toEqual(['acme 1 in acme', 'acme 2 in acme'])
    expect(pool.held).toBe(0)
  })

  it('gives the lease back when the engine fails', async () => {
    const stream = context.run(acme, () => rag.count(20))
    await expect(collect(stream)).rejects.toThrow('thirteen')
    expect(pool.held).toBe(0)
  })

  it('gives the lease back and finishes the engine when the consumer breaks off', async () => {
    for await (const item of context.run(acme, () => rag.count(5))) {
      expect(pool.held).toBe(1)
      if (item.startsWith('acme 2')) break
    }
    expect(pool.held).toBe(0)
    expect(pool.engines.get('acme')?.finished).toBe(1)
  })

  it('gives the lease back when it is left before the first pull', async () => {
    const stream = context.run(acme, () => rag.count(5))
    await settle()
    const iterator = stream[Symbol.asyncIterator]()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(pool.held).toBe(0)
    expect((await iterator.next()).done).toBe(true)
  })

  it('gives the lease back when it is left before there was an engine', async () => {
    const gate = deferred()
    pool.gate = gate.promise
    const iterator = context.run(acme, () => rag.count(5))[Symbol.asyncIterator]()
    await iterator.return?.()
    gate.resolve()
    await settle()
    expect(pool.held).toBe(0)
    expect((await iterator.next()).done).toBe(true)
  })

  it('starts nothing on an engine that comes after it was left', async () => {
    const gate = deferred()
    pool.gate = gate.promise
    pool.deaf = true
    let started = 0
    class Counting extends CounterEngine {
      override count(to: number) {
        started += 1
        return super.count(to)
      }
    }
    pool.engines.set('acme', new Counting('acme'))
    const left = context
      .run(acme, () => rag.count(5))
      [Symbol.asyncIterator]()
      .return?.()
    gate.resolve()
    await left
    expect([pool.acquired, pool.held, started]).toEqual([1, 0, 0])
  })

  it('gives the lease back when an error is thrown into it', async () => {
    const iterator = context.run(acme, () => rag.count(5))[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.throw?.(new Error('stop'))).rejects.toThrow('stop')
    expect(pool.held).toBe(0)
    expect(pool.engines.get('acme')?.finished).toBe(1)
  })

  it('gives the lease back when the signal fires and nobody pulls', async () => {
    const abort = new AbortController()
    const stream = context.run(acme, () => rag.count(5, { signal: abort.signal }))
    await settle()
    expect(pool.held).toBe(1)
    abort.abort(new Error('client gone'))
    await settle()
    expect(pool.held).toBe(0)
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('client gone')
  })

  it('opens nothing when the signal had fired before', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    const stream = context.run(acme, () => rag.count(5, { signal }))
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('too late')
    expect(pool.acquired).toBe(0)
  })

  it('keeps the lease after the signal until the running step has ended', async () => {
    const gate = deferred()
    class Slow extends CounterEngine {
      override async *count() {
        await gate.promise
        yield 'late'
      }
    }
    pool.engines.set('acme', new Slow('acme'))
    const abort = new AbortController()
    const iterator = context
      .run(acme, () => rag.count(1, { signal: abort.signal }))
      [Symbol.asyncIterator]()
    const step = iterator.next()
    await settle()
    abort.abort()
    await settle()
    expect(pool.held).toBe(1)
    gate.resolve()
    await step
    await settle()
    expect(pool.held).toBe(0)
  })

  it('gives the lease back when nobody ever pulls', async () => {
    const stream = context.run(acme, () => proxyOver(30).count(5))
    await settle()
    expect(pool.acquired).toBe(1)
    await until(() => pool.held === 0)
    const next = stream[Symbol.asyncIterator]().next()
    await expect(next).rejects.toMatchObject({ code: 'stream_abandoned' })
  })

  it('is not taken for abandoned once it has been pulled', async () => {
    const iterator = context.run(acme, () => proxyOver(30).count(2))[Symbol.asyncIterator]()
    await iterator.next()
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(pool.held).toBe(1)
    expect((await iterator.next()).value).toBe('acme 2 in acme')
    await iterator.return?.()
  })

  it('tells the first pull why no engine came', async () => {
    pool.gate = Promise.reject(new Error('disk on fire'))
    const iterator = context.run(acme, () => rag.count(1))[Symbol.asyncIterator]()
    await settle()
    await expect(iterator.next()).rejects.toThrow('disk on fire')
  })
})

async function collect(stream: AsyncIterable<string>): Promise<string[]> {
  const items: string[] = []
  for await (const item of stream) items.push(item)
  return items
}
