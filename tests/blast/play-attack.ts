import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Attack } from './attack.ts'
import type { AttackOrder } from './attacker-child.ts'
import { ATTACKER, type BlastServer, HONEST, OPERATOR, startBlastServer } from './blast-server.ts'
import type { Place } from './caller.ts'
import type { Holds } from './holds.ts'
import { headersOf, Others, type OthersReport, seedOthers } from './others.ts'

/** Others connect from 127.0.0.1: what is bounded for an address is so for the attacker alone. */
const ATTACKERS_ADDRESS = '127.0.0.9'
/** An attack that cannot be made ready by then is played as far as it came. */
const READY_MS = 60_000
const STOP_MS = 5_000
const PATIENCE_MS = 10_000

export interface BlastSettings {
  /** The built program. */
  readonly cli: string
  /** For which the attack lasts. */
  readonly seconds: number
  /** For which others wait: who has no answer by then was failed. */
  readonly patienceMs?: number
  /** More for the server's environment. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Played {
  readonly others: OthersReport
  readonly holds: Holds
  /** Whether the front that was started still ran at the end. */
  readonly up: boolean
  readonly cpuPerSecond: number
  readonly peakMegabytes: number
  /** What whoever attacked, or worked honestly, was answered; nothing when that came to nothing. */
  readonly answers: readonly [string, number][]
}

/** A server of its own for each attack, with twenty who ask and insert beside it. */
export async function playAttack(settings: BlastSettings, attack: Attack): Promise<Played> {
  return onServer(settings, isManaged(attack), (server) => {
    const order = { place: placeOf(server, attack), attack: attack.name }
    return measure(server, order, settings)
  })
}

/** The same with an honest tenant in the place of the attacker, who uses as much of the processor. */
export async function playHonestly(
  settings: BlastSettings,
  attack: Attack,
  cpuPerSecond: number,
): Promise<Played> {
  return onServer(settings, isManaged(attack), (server) => {
    const { username } = HONEST
    const place = { url: server.url, headers: headersOf(HONEST), username, inputs: '' }
    return measure(server, { place, honest: { pid: server.pid, cpuPerSecond } }, settings)
  })
}

async function onServer(
  { cli, env }: BlastSettings,
  managed: boolean,
  use: (server: BlastServer) => Promise<Played>,
): Promise<Played> {
  const server = await startBlastServer(cli, managed, env)
  try {
    await seedOthers(server.url)
    return await use(server)
  } finally {
    await server.end()
  }
}

async function measure(
  server: BlastServer,
  order: AttackOrder,
  settings: BlastSettings,
): Promise<Played> {
  const child = fork(
    fileURLToPath(new URL('attacker-child.ts', import.meta.url)),
    [JSON.stringify(order)],
    {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  try {
    const ready = Promise.race([once(child, 'message'), once(child, 'exit')])
    await Promise.race([ready, sleep(READY_MS, undefined, { ref: false })])
    const { seconds, patienceMs = PATIENCE_MS } = settings
    const from = Date.now()
    if (child.connected) child.send('play')
    const report = new Others(server.url, patienceMs).run(seconds)
    const cpuPerSecond = await cpuPerSecondOf(server, seconds)
    const [others, answers] = await Promise.all([report, stop(child)])
    const holds = await server.holds(from, Date.now())
    const peakMegabytes = server.peakMegabytes()
    return { others, holds, up: server.isUp(), cpuPerSecond, peakMegabytes, answers }
  } finally {
    child.kill('SIGKILL')
  }
}

/** As long as it runs: of one that has ended nothing can be told. */
async function cpuPerSecondOf(server: BlastServer, seconds: number): Promise<number> {
  const start = { time: performance.now(), cpu: server.cpuSeconds() }
  let rate = 0
  for (let second = 0; second < seconds; second++) {
    await sleep(1000)
    if (!server.isUp()) continue
    rate = (server.cpuSeconds() - start.cpu) / ((performance.now() - start.time) / 1000)
  }
  return rate
}

async function stop(child: ChildProcess): Promise<readonly [string, number][]> {
  if (!child.connected) return []
  const last = once(child, 'message')
  child.send('stop')
  const answers = await Promise.race([last, sleep(STOP_MS, undefined, { ref: false })])
  return (answers?.[0] as [string, number][] | undefined) ?? []
}

function placeOf({ url, folder }: BlastServer, { by }: Attack): Place {
  const { username } = ATTACKER
  return {
    url,
    headers: by === 'stranger' ? {} : headersOf(by === 'member' ? OPERATOR : ATTACKER),
    username,
    inputs: join(folder, 'inputs', username),
    ...(process.platform === 'linux' ? { address: ATTACKERS_ADDRESS } : {}),
  }
}

function isManaged({ by, managed }: Attack): boolean {
  return by === 'member' || managed === true
}
