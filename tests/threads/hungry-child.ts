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

export type Way = keyof typeof ENDLESS | 'none'

answerCalls<Way, string>((way) => (way === 'none' ? 'well' : ENDLESS[way]()))
