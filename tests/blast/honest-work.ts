import type { Play } from './attack.ts'
import type { Caller } from './caller.ts'
import { TextMaker } from './made-text.ts'
import { cpuSecondsOf } from './process-tree.ts'

/** How much processor time a server shall use, all callers together. */
export interface HonestWork {
  readonly pid: number
  readonly cpuPerSecond: number
}

const LOOK_EVERY_MS = 100
const WAIT_MS = 10

/** Asks and inserts as long as the server has used less processor time than it shall. */
export function honestWork(caller: Caller, work: HonestWork | undefined): Play {
  if (work === undefined) throw new Error('There is nothing to do.')
  const { pid, cpuPerSecond } = work
  const maker = new TextMaker(77)
  let start: { readonly time: number; readonly cpu: number } | undefined
  let due = true
  const look = () => {
    start ??= { time: performance.now(), cpu: cpuSecondsOf(pid) }
    const used = cpuSecondsOf(pid) - start.cpu
    due = used < (cpuPerSecond * (performance.now() - start.time)) / 1000
  }
  return async (turn) => {
    if (start === undefined) {
      look()
      setInterval(look, LOOK_EVERY_MS).unref()
    }
    while (!due && !caller.signal.aborted) await caller.rest(WAIT_MS)
    if (turn % 3 === 2) {
      const file = `${maker.random.letters(12)}.txt`
      await caller.post('/documents/text', { text: maker.text(20), file_source: file })
    } else {
      const mode = turn % 2 === 0 ? 'mix' : 'naive'
      await caller.post('/query/data', { query: maker.question(), mode })
    }
  }
}
