import { pbkdf2Sync } from 'node:crypto'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import { answerCalls } from '../../src/threads/answer-calls.ts'

/** What never comes to an end. Those that grow in large steps end a process that only bounds the heap. */
export const ENDLESS = {
  spin: () => {
    for (;;);
  },
  objects: () => {
    for (const all: object[] = []; ; ) all.push({ at: all.length })
  },
  numbers: () => {
    for (const all: number[] = []; ; ) all.push(all.length + 0.5)
  },
  map: () => {
    for (const all = new Map<string, number>(); ; ) all.set(`key ${all.size}`, all.size)
  },
  set: () => {
    for (const all = new Set<number>(); ; ) all.add(all.size)
  },
  doubled: () => {
    for (let all = [1]; ; ) all = all.concat(all)
  },
  matches: () => {
    for (const all: string[][] = []; ; ) all.push('word '.repeat(1e5).match(/\w+/g) ?? [])
  },
} as const satisfies Record<string, () => never>

const MB = 1024 * 1024
/** Holds memory long enough for everybody to see it, in milliseconds. */
const HELD_MS = 600

/** What comes to an end. */
const BOUNDED = {
  none: () => 'well',
  /** A thread within a native call ends with that, whoever wants its end. */
  native: () => pbkdf2Sync('word', 'salt', 6_000_000, 64, 'sha512').toString('hex').slice(0, 4),
  /** Its thread ends by itself, and gives back what it holds. */
  passing: () => {
    const held = Buffer.alloc(300 * MB, 'x')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_MS)
    return process.exit(held.length > 0 ? 1 : 0)
  },
  abort: () => String(process.kill(process.pid, 'SIGABRT')),
  refusal: () => {
    throw new EngineError('invalid_argument', 'planted')
  },
} as const satisfies Record<string, () => string>

export type Way = keyof typeof ENDLESS | keyof typeof BOUNDED

const WAYS: Readonly<Record<Way, () => string>> = { ...ENDLESS, ...BOUNDED }

answerCalls<Way, string>((way) => WAYS[way]())
