import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsersFile } from '../../src/tenancy/users-file.ts'
import { tempFolder } from '../server/temp-folder.ts'

const FEW = 100
const MANY = 100_000
const ROUNDS = 5
const LOOK_UPS = 200_000
const ASKED = 1000

interface Figures {
  readonly startMs: number
  readonly reloadMs: number
  /** Longest hold of the event loop while the file was read again, and with nothing to do. */
  readonly holdMs: number
  readonly idleHoldMs: number
  readonly lookUpUs: number
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
        `${count} users: start ${ms(figures.startMs)}, reload ${ms(figures.reloadMs)}, ` +
          `longest hold ${ms(figures.holdMs)} (idle ${ms(figures.idleHoldMs)}), ` +
          `one look-up ${figures.lookUpUs.toFixed(2)} µs`,
      )
    }
    const grown = MANY / FEW
    console.log(
      `ratios for ${grown} times the users: start ${(many.startMs / few.startMs).toFixed(1)}, ` +
        `reload ${(many.reloadMs / few.reloadMs).toFixed(1)}, ` +
        `look-up ${(many.lookUpUs / few.lookUpUs).toFixed(2)}; ` +
        `longest hold ${ms(many.holdMs)} (at most 20 ms wanted)`,
    )
  } finally {
    await folder.remove()
  }
}

async function measure(path: string, count: number): Promise<Figures> {
  const starts: number[] = []
  const reloads: number[] = []
  const holds: number[] = []
  const idleHolds: number[] = []
  await writeUsers(path, count)
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    const users = new UsersFile({ path, pollMs: 3_600_000 })
    starts.push(performance.now() - began)
    idleHolds.push(await longestHold(() => sleep(500)))
    await writeUsers(path, count - (round % 2))
    holds.push(
      await longestHold(async () => {
        const reloading = performance.now()
        await users.reloadNow()
        reloads.push(performance.now() - reloading)
      }),
    )
    await users.close()
  }
  const users = new UsersFile({ path, pollMs: 3_600_000 })
  const lookUps: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) lookUps.push(await lookUp(users, count))
  await users.close()
  return {
    startMs: median(starts),
    reloadMs: median(reloads),
    holdMs: Math.max(...holds),
    idleHoldMs: Math.max(...idleHolds),
    lookUpUs: median(lookUps),
  }
}

/** Microseconds of one look-up; as many different keys are asked for, whatever the number. */
async function lookUp(users: UsersFile, count: number): Promise<number> {
  const step = Math.max(1, Math.floor(count / ASKED))
  const keys = Array.from({ length: ASKED }, (_, number) => keyOf((number * step) % count))
  const began = performance.now()
  for (let done = 0; done < LOOK_UPS; done += ASKED) {
    for (const key of keys) {
      if ((await users.findByApiKey(key)) === undefined) throw new Error('a user is missing')
    }
  }
  return ((performance.now() - began) / LOOK_UPS) * 1000
}

async function longestHold(work: () => Promise<void>): Promise<number> {
  await sleep(200) // What was left by the step before is not this one's.
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  await work()
  await sleep(50)
  loop.disable()
  return loop.max / 1e6
}

function writeUsers(path: string, count: number): Promise<void> {
  const users = Array.from({ length: count }, (_, number) => ({
    username: `user-${number}`,
    password: `plain-${number}`,
    api_key: keyOf(number),
    workspace: `space-${number}`,
  }))
  return writeFile(path, JSON.stringify({ users }))
}

function keyOf(number: number): string {
  return `key-of-user-${number}-0123456789abcdef`
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`
}
