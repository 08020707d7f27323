import { existsSync, openSync, readSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsersFile } from '../../src/tenancy/users/users-file.ts'
import { collectGarbage } from '../collect-garbage.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { median } from './load.ts'

const FEW = 100
const MANY = 100_000
const ROUNDS = 5
const LOOK_UP_ROUNDS = 15
const LOOK_UPS = 100_000
/** More users in turn than the caches of a processor hold. */
const IN_TURN = 10_000
const TICK_MS = 1
const SCHEDULE = openSchedule()
const numbers = Buffer.alloc(100)

/** The longest time between two turns of the event loop, with and without waiting in it. */
interface Hold {
  readonly ms: number
  /** Without the time in which the thread could have run, and the machine ran something else. */
  readonly ownMs: number
}

interface Figures {
  readonly startMs: number
  readonly reloadMs: number
  readonly reloading: Hold
  readonly idle: Hold
}

/** What a large users file costs, against one of a hundred users. */
export async function benchDirectory(): Promise<void> {
  const folder = await tempFolder()
  try {
    const path = join(folder.path, 'users.json')
    const [few, many] = [await measure(path, FEW), await measure(path, MANY)]
    for (const [count, figures] of [
      [FEW, few],
      [MANY, many],
    ] as const) {
      console.log(
        `${count} users: start ${ms(figures.startMs)}, reload ${ms(figures.reloadMs)}, longest ` +
          `hold ${described(figures.reloading)}, with nothing to do ${described(figures.idle)}`,
      )
    }
    console.log(
      `ratios for ${MANY / FEW} times the users: start ` +
        `${(many.startMs / few.startMs).toFixed(1)}, reload ` +
        `${(many.reloadMs / few.reloadMs).toFixed(1)}; at most 20 ms of hold wanted`,
    )
    await compareLookUps(folder.path)
  } finally {
    await folder.remove()
  }
}

async function measure(path: string, count: number): Promise<Figures> {
  const [version, other] = [versionOf(count), versionOf(count - 1)]
  const starts: number[] = []
  await writeFile(path, version)
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    const users = new UsersFile({ path, pollMs: 3_600_000 })
    starts.push(performance.now() - began)
    await users.close()
  }
  // The garbage of those starts is not that of a reload.
  collectGarbage()
  const reloads: number[] = []
  const holds: Hold[] = []
  const idleHolds: Hold[] = []
  const users = new UsersFile({ path: await replaced(path, versionOf(1)), pollMs: 3_600_000 })
  for (let round = 0; round < ROUNDS; round += 1) {
    idleHolds.push(await longestHold(() => sleep(500)))
    await replaced(path, round % 2 ? other : version)
    holds.push(
      await longestHold(async () => {
        const reloading = performance.now()
        await users.reloadNow()
        reloads.push(performance.now() - reloading)
      }),
    )
  }
  await users.close()
  return {
    startMs: median(starts),
    reloadMs: median(reloads),
    reloading: longestOf(holds),
    idle: longestOf(idleHolds),
  }
}

/** Replaces the file as a careful editor does. */
async function replaced(path: string, version: Buffer): Promise<string> {
  await writeFile(`${path}.new`, version)
  await rename(`${path}.new`, path)
  return path
}

/** Look-ups of as many different users among few and among many, and of more of them in turn. */
async function compareLookUps(folder: string): Promise<void> {
  const directories = await Promise.all(
    [FEW, MANY].map(async (count) => {
      const path = join(folder, `${count}.json`)
      await writeFile(path, versionOf(count))
      return new UsersFile({ path, pollMs: 3_600_000 })
    }),
  )
  const [few, many] = directories
  if (few === undefined || many === undefined) throw new Error('a directory is missing')
  const [base, same, inTurn]: [number[], number[], number[]] = [[], [], []]
  // The first round warms up. Rounds in turn: what the rest of the machine does hits all alike.
  for (let round = 0; round <= LOOK_UP_ROUNDS; round += 1) {
    const figures = [
      lookUp(few, keysOf(FEW, FEW)),
      lookUp(many, keysOf(FEW, MANY)),
      lookUp(many, keysOf(IN_TURN, MANY)),
    ]
    if (round > 0)
      for (const [i, list] of [base, same, inTurn].entries()) list.push(figures[i] ?? 0)
  }
  await Promise.all(directories.map((users) => users.close()))
  const ratio = (list: readonly number[]) =>
    median(list.map((us, round) => us / (base[round] ?? 0))).toFixed(2)
  console.log(
    `one look-up: ${median(base).toFixed(2)} µs of CPU; ratio for ${MANY / FEW} times the users ` +
      `${ratio(same)}, with ${IN_TURN} of them in turn (memory) ${ratio(inTurn)}`,
  )
}

/** Microseconds of CPU of one look-up. */
function lookUp(users: UsersFile, keys: readonly Buffer[]): number {
  const before = process.cpuUsage()
  for (let done = 0; done < LOOK_UPS; done += keys.length) {
    for (const key of keys) {
      // A text of its own each time, as a header is.
      if (users.findByApiKey(key.toString('latin1')) === undefined) throw new Error('not found')
    }
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / LOOK_UPS
}

function keysOf(asked: number, count: number): Buffer[] {
  return Array.from({ length: asked }, (_, i) => Buffer.from(keyOf((i * count) / asked)))
}

async function longestHold(work: () => Promise<void>): Promise<Hold> {
  await sleep(200) // What was left by the step before is not this one's.
  const longest = { ms: 0, ownMs: 0 }
  let [before, waitedBefore] = [performance.now(), waitedForProcessor()]
  const timer = setInterval(() => {
    const held = performance.now() - before - TICK_MS
    const waited = waitedForProcessor() - waitedBefore
    longest.ms = Math.max(longest.ms, held)
    longest.ownMs = Math.max(longest.ownMs, held - waited)
    before = performance.now()
    waitedBefore += waited
  }, TICK_MS)
  await work()
  await sleep(50)
  clearInterval(timer)
  return longest
}

/**
 * How long this thread has been ready to run without a processor, in ms, where the system tells.
 * Read without garbage: its collection would be taken for a hold.
 */
function waitedForProcessor(): number {
  if (SCHEDULE === undefined) return 0
  const length = readSync(SCHEDULE, numbers, 0, numbers.length, 0)
  return Number(numbers.toString('latin1', 0, length).split(' ')[1]) / 1e6
}

function openSchedule(): number | undefined {
  const path = `/proc/self/task/${process.pid}/schedstat`
  return existsSync(path) ? openSync(path, 'r') : undefined
}

function longestOf(holds: readonly Hold[]): Hold {
  return {
    ms: Math.max(...holds.map((hold) => hold.ms)),
    ownMs: Math.max(...holds.map((hold) => hold.ownMs)),
  }
}

function described(hold: Hold): string {
  return `${ms(hold.ms)} (${ms(hold.ownMs)} without waiting for a processor)`
}

/** The text of a users file; outside of the heap, whose collection would hold the loop. */
function versionOf(count: number): Buffer {
  const users = Array.from({ length: count }, (_, number) => ({
    username: `user-${number}`,
    password: `plain-${number}`,
    api_key: keyOf(number),
    workspace: `space-${number}`,
  }))
  return Buffer.from(JSON.stringify({ users }))
}

function keyOf(number: number): string {
  return `key-of-user-${number}-0123456789abcdef`
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
