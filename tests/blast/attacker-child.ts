/** Plays one attack, or honest work, in a process of its own, which shares no event loop with those who measure. */
import { getPriority, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Attack } from './attack.ts'
import { ATTACK_KINDS } from './attack-kinds.ts'
import { Caller, type Place } from './caller.ts'
import { type HonestWork, honestWork } from './honest-work.ts'

export interface AttackOrder {
  readonly place: Place
  readonly attack?: string
  readonly honest?: HonestWork
}

const LANES = 4
const HONEST_LANES = 8
/** Between two plays of a lane. */
const PAUSE_MS = 20
/** In earnest an attacker has a machine of their own. */
const LOWER = 10
const LOWEST = 19
const SETTLE_MS = 100

const order = JSON.parse(process.argv[2] ?? '{}') as AttackOrder
const end = new AbortController()
const caller = new Caller(order.place, end.signal)
process.on('unhandledRejection', (error) => caller.statuses.add(`fault: ${error}`))

const attack = order.attack === undefined ? undefined : attackNamed(order.attack)
const lanes = attack === undefined ? HONEST_LANES : (attack.lanes ?? LANES)
if (attack !== undefined) setPriority(Math.min(LOWEST, getPriority() + LOWER))
const play = (await attack?.ready(caller)) ?? honestWork(caller, order.honest)
process.on('message', (message) => {
  if (message === 'play') for (let i = 0; i < lanes; i++) void lane(i)
  if (message === 'stop') void finish()
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function lane(number: number): Promise<void> {
  for (let turn = number; !end.signal.aborted; turn += lanes) {
    await play(turn)
    if (attack !== undefined) await caller.rest(PAUSE_MS)
  }
}

async function finish(): Promise<void> {
  end.abort()
  // Requests that are open count as unanswered.
  await sleep(SETTLE_MS)
  process.send?.(caller.statuses.entries(), () => process.exit())
}

function attackNamed(name: string): Attack {
  const all = ATTACK_KINDS.flatMap(({ attacks }) => attacks)
  const found = all.find((attack) => attack.name === name)
  if (found === undefined) throw new Error(`There is no attack ${name}.`)
  return found
}
