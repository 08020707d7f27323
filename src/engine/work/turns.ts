import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { announce, announced, comeBack } from './announced-work.ts'

/** How long one piece of background work may hold the event loop, in milliseconds. */
const TURN_MS = 8

/** Whoever waits for a turn; each gets one of its own, in the order in which they came. */
const waiting: (() => void)[] = []
let began = 0
let turn = 0
let isOn = false

/**
 * Lets everything else in the process have its turn when the time slice of this one is used up. Long
 * work calls it often; the time is shared by all that call it, of all workspaces, so that many
 * at once hold the event loop no longer than one.
 */
export async function yieldIfDue(): Promise<void> {
  if (isSliceOver()) await nextTurn()
}

/**
 * The same for work that somebody waits for: it does not queue behind what goes on in the background.
 * What finds everything in memory would else hold the event loop until there is no more of it.
 */
export async function yieldAheadIfDue(): Promise<void> {
  if (isSliceOver()) await comeBack(eventLoopTurn())
}

/** Like `map`, for as many items as there may be: everybody else has turns in between. */
export async function mapInTurns<In, Out>(
  items: readonly In[],
  work: (item: In) => Out,
): Promise<Out[]> {
  const done: Out[] = []
  for (const item of items) {
    if (isSliceOver()) await nextTurn()
    done.push(work(item))
  }
  return done
}

/** Waits for a turn of the event loop that no other background work has a part in. */
export function nextTurn(): Promise<void> {
  const work = announced()
  return new Promise((resolve) => {
    waiting.push(() => {
      announce(work)
      resolve()
    })
    if (waiting.length === 1) setImmediate(serve)
  })
}

/**
 * Whether the time slice of this turn is used up. For work that many take up side by side: those who had to
 * await an answer to this would all begin.
 */
export function isSliceOver(): boolean {
  const now = performance.now()
  if (isOn) return now - began > TURN_MS
  begin(now)
  return false
}

function begin(now: number): void {
  const own = ++turn
  isOn = true
  began = now
  setImmediate(() => {
    if (turn === own) isOn = false
  })
}

function serve(): void {
  const resolve = waiting.shift()
  begin(performance.now())
  resolve?.()
  if (waiting.length > 0) setImmediate(serve)
}
