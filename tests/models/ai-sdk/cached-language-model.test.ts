import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CacheEntry } from '../../../src/engine/ports/model-cache.ts'
import type { ChatMessage } from '../../../src/engine/ports/models.ts'
import { CachedLanguageModel, cacheKey } from '../../../src/engine/roles/cached-language-model.ts'
import { openAiCompatibleModel } from '../../../src/models/ai-sdk/openai-compatible-model.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK } from '../call-settings.ts'
import { collect } from '../collect.ts'

const extract = { lane: 'extract' } as const
const asked = (content: string): ChatMessage[] => [{ role: 'user', content }]
let server: ModelServer
let entries: Map<string, CacheEntry>

beforeAll(async () => {
  server = await startModelServer({ chat: (messages) => `re: ${messages.at(-1)?.content}` })
})
afterAll(() => server.close())
afterEach(() => server.reset())

function cached(kind: 'extract' | 'summary' = 'extract', keep?: (answer: string) => boolean) {
  const host = { binding: 'openai', host: server.openAiUrl }
  const cache = {
    get: async (key: string) => entries.get(key)?.value ?? null,
    put: async (entry: CacheEntry) => {
      entries.set(entry.key, entry)
    },
  }
  return new CachedLanguageModel(
    openAiCompatibleModel(host, 'm', { calls: QUICK }),
    cache,
    kind,
    keep,
  )
}

function fresh(...args: Parameters<typeof cached>) {
  entries = new Map()
  return cached(...args)
}

describe('a cached language model', () => {
  it('asks the same thing once, also after a restart', async () => {
    expect((await fresh().generate(asked('a'), extract)).text).toBe('re: a')
    expect(await cached().generate(asked('a'), extract)).toEqual({
      text: 're: a',
      usage: { promptTokens: 0, completionTokens: 0 },
    })
    expect(server.calls).toHaveLength(1)
  })

  it('asks anew for another kind, conversation or role', async () => {
    await fresh().generate(asked('a'), extract)
    await cached('summary').generate(asked('a'), extract)
    await cached().generate([...asked('a'), ...asked('a')], extract)
    await cached().generate([{ role: 'system', content: 'a' }], extract)
    expect(server.calls).toHaveLength(4)
    expect(entries.size).toBe(4)
  })

  it('tells apart what only separators tell apart', () => {
    const keys = [
      cacheKey('extract', 'm', asked('ab')),
      cacheKey('extract', 'm', [...asked('a'), ...asked('b')]),
      cacheKey('extract', 'ma', asked('b')),
    ]
    expect(new Set(keys).size).toBe(3)
    expect(keys[0]).toMatch(/^[\da-f]{64}$/)
  })

  it('keeps with the answer for which chunk it was', async () => {
    const model = fresh()
    await model.generate(asked('a'), { ...extract, chunkId: 'chunk-1' })
    await model.generate(asked('b'), extract)
    expect(Array.from(entries.values(), ({ kind, chunkId }) => [kind, chunkId])).toEqual([
      ['extract', 'chunk-1'],
      ['extract', null],
    ])
  })

  it('gives out what is not worth keeping, and keeps nothing', async () => {
    const model = fresh('extract', (answer) => answer.includes('good'))
    expect((await model.generate(asked('bad'), extract)).text).toBe('re: bad')
    await model.generate(asked('good'), extract)
    expect(entries.size).toBe(1)
  })

  it('asks once for identical questions that arrive together', async () => {
    const model = fresh()
    server.hold()
    const calls = [1, 2, 3].map(() => model.generate(asked('a'), extract))
    await server.until(({ running }) => running === 1)
    server.release()
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(new Array(3).fill('re: a'))
    expect(server.calls).toHaveLength(1)
  })

  it('goes on for the others when the one who asked first gives up', async () => {
    const model = fresh()
    const controller = new AbortController()
    server.hold()
    const first = model.generate(asked('a'), { ...extract, signal: controller.signal })
    const second = model.generate(asked('a'), extract)
    await server.until(({ running }) => running === 1)
    controller.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    server.release()
    expect((await second).text).toBe('re: a')
    expect(server.calls).toHaveLength(1)
  })

  it('drops the request when all give up, and starts afresh for whoever comes next', async () => {
    const model = fresh()
    const controller = new AbortController()
    server.hold()
    const options = { ...extract, signal: controller.signal }
    const calls = [1, 2].map(() => model.generate(asked('a'), options))
    await server.until(({ running }) => running === 1)
    controller.abort(new Error('gone'))
    for (const call of calls) await expect(call).rejects.toThrow('gone')
    await server.until(({ calls: [call] }) => call?.aborted === true)
    server.release()
    expect((await model.generate(asked('a'), extract)).text).toBe('re: a')
  })

  it('shares a failure, and asks anew after it', async () => {
    const model = fresh()
    server.failNext('chat', { kind: 'status', status: 400 })
    const calls = [1, 2].map(() => model.generate(asked('a'), extract))
    for (const call of calls) await expect(call).rejects.toThrow('refused')
    expect((await model.generate(asked('a'), extract)).text).toBe('re: a')
  })

  it('lets streams pass', async () => {
    const model = fresh()
    await collect(model.stream(asked('a'), extract))
    await collect(model.stream(asked('a'), extract))
    expect(server.calls).toHaveLength(2)
    expect(entries.size).toBe(0)
  })
})
