import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ENV_FIELDS } from '../../src/config/config.ts'
import { timerMs } from '../../src/engine/work/timer-ms.ts'

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))

/** Which argument is the wait. */
const TIMERS: Readonly<Record<string, number>> = {
  setTimeout: 1,
  setInterval: 1,
  sleep: 0,
  delay: 0,
  'AbortSignal.timeout': 0,
}

/**
 * Waits that are neither a constant nor brought into bounds where they are used, with what bounds
 * them. Whoever adds one has to say the same of it; a wait that comes from outside goes through
 * `timerMs`.
 */
const BOUNDED_ELSEWHERE: Readonly<Record<string, string>> = {
  'web/work/services.ts: Math.min(ms, 1000)': 'the 300 ms of the state of a view',
  'tenancy/proxy/limited-stream.ts: abandonAfterMs': 'a constant of the composition root',
  'tenancy/proxy/leased-stream.ts: this.#options.abandonAfterMs':
    'a constant of the composition root',
  'tenancy/pool/pool-waiter.ts: ms': 'POOL_ACQUIRE_TIMEOUT_SECONDS, 300 at most',
  'tenancy/pool/pool.ts: period': 'the least of it and a constant',
  'tenancy/pool/pool.ts: deadlineMs': 'SHUTDOWN_SECONDS, 600 at most',
  'tenancy/users/users-file.ts: options.pollMs ?? 2000': 'a constant but in tests',
  'server/build-server.ts: (config.SHUTDOWN_SECONDS * 1000) / 2': '600 seconds at most',
  'server/build-server.ts: deadlineMs': 'SHUTDOWN_SECONDS, 600 at most',
  'http/body/receive-upload.ts: maxSilenceMs': 'a constant of the routes',
  'routes/documents/wait-for-documents.ts: Math.min(pause, left)': 'LAST_LOOK at most, a constant',
  'demo/patient-fetch.ts: waitMs': 'WAIT_MS.most at most, a constant',
  'routes/query/line-stream.ts: options.quietMs': 'STREAM_KEEP_ALIVE_SECONDS, 600 at most',
  'routes/query/line-stream.ts: quietMs': 'STREAM_KEEP_ALIVE_SECONDS, 600 at most',
}

/** Texts of the arguments of a call that begins at `from`, just behind its opening bracket. */
function argumentsAt(source: string, from: number): string[] {
  const found: string[] = []
  let depth = 0
  let begin = from
  for (let at = from; at < source.length; at++) {
    const sign = source[at] ?? ''
    if ('([{'.includes(sign)) depth++
    if (')]}'.includes(sign)) depth--
    if (depth < 0 || (sign === ',' && depth === 0)) {
      found.push(source.slice(begin, at).trim())
      begin = at + 1
    }
    if (depth < 0) return found
  }
  throw new Error('A call never ends.')
}

async function waits(): Promise<string[]> {
  const entries = await readdir(SRC, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const file = join(entry.parentPath, entry.name)
    const source = await readFile(file, 'utf8')
    const calls = /(?<![\w.#])(setTimeout|setInterval|sleep|delay|AbortSignal\.timeout)\(/g
    for (const call of source.matchAll(calls)) {
      const name = call[1] ?? ''
      const wait = argumentsAt(source, call.index + call[0].length)[TIMERS[name] ?? 0]
      found.push(`${file.slice(SRC.length)}: ${wait ?? '(none)'}`)
    }
  }
  return found
}

describe('every timer', () => {
  it('waits for a constant, or for what timerMs has brought into bounds', async () => {
    const all = await waits()
    expect(all.length).toBeGreaterThan(25)
    const isBounded = (wait: string) =>
      /: (?:[A-Z][A-Z\d]*(?:_[A-Z\d]+)*|[\d_]+|timerMs\(.*\))$/s.test(wait)
    const others = all.filter((wait) => !isBounded(wait) && !(wait in BOUNDED_ELSEWHERE))
    expect(others).toEqual([])
  })

  it.each([
    [Number.NaN, 0],
    [-1, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [0, 0],
    [1500, 1500],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 31 - 1],
    [1e300, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])('takes %s milliseconds for %s', (ms, taken) => {
    expect(timerMs(ms)).toBe(taken)
    expect(timerMs(ms, 1000)).toBe(Math.min(taken, 1000))
  })
})

describe('every number of the configuration', () => {
  const numbers = Object.entries(ENV_FIELDS).filter(([, { parse }]) => 'problem' in parse('x1'))
  const read = (name: string, text: string) =>
    ENV_FIELDS[name as keyof typeof ENV_FIELDS].parse(text)

  it.each(numbers.map(([name]) => name))('%s has a least and a most', (name) => {
    for (const text of ['-9007199254740991', '9007199254740991', '9'.repeat(400), 'NaN', '1e9']) {
      expect(read(name, text)).toHaveProperty('problem')
    }
  })

  const times = numbers.map(([name]) => name).filter((name) => /SECONDS|TIMEOUT|_MS$/.test(name))
  it.each(times)('%s is a time that a timer can keep', (name) => {
    const longest = name.endsWith('_MS') ? 2 ** 31 : 2 ** 31 / 1000
    expect(read(name, String(Math.ceil(longest)))).toHaveProperty('problem')
  })
})
