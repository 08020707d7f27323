import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import type { RealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { ask, childrenOf, isAlive, startHosted } from './hosted-server.ts'
import { KillCaller } from './kill-caller.ts'

export interface HostKillsOptions {
  readonly kills: number
  readonly stops: number
  readonly frontKills: number
  readonly seed: number
  readonly onProgress?: (line: string) => void
}

export interface HostKillsReport {
  readonly faults: readonly string[]
  readonly acknowledged: number
  readonly answers: number
  readonly refused: number
  readonly broken: number
  /** Files that the front has open: when all was up, and at the end. */
  readonly descriptors: readonly [number, number]
}

/** Until callers and hosts have their sockets. */
const WARM_MS = 2000
/** Each host that is left with its pipes and sockets has more. */
const SPARE_DESCRIPTORS = 16
const WORKSPACES = ['a', 'b', 'c', 'd', 'e', 'f']
/** Slots and rights are so few that one which stays with the dead is missed. */
const SCARCE = {
  QUERIES_AT_ONCE_PER_WORKSPACE: '2',
  MAX_ASYNC: '2',
  EMBEDDING_FUNC_MAX_ASYNC: '2',
}

/** Ends and stops hosts and their front at random under load, and compares what is there with what was told. */
export async function hostKills(options: HostKillsOptions): Promise<HostKillsReport> {
  const random = randomFrom(options.seed)
  const say = options.onProgress ?? (() => undefined)
  const models = await startModelServer()
  const folder = await tempFolder()
  const faults: string[] = []
  const start = () =>
    startHosted(folder, WORKSPACES, {
      ...SCARCE,
      LLM_BINDING: 'openai',
      LLM_MODEL: 'm',
      LLM_BINDING_HOST: models.openAiUrl,
    })
  let server = await start()
  const callers = WORKSPACES.map((name) => new KillCaller(name, WORKSPACES, () => server))
  await sleep(WARM_MS)
  let before = descriptorsOf(server)
  const deeds = shuffled(random, [
    ...Array<'kill'>(options.kills).fill('kill'),
    ...Array<'stop'>(options.stops).fill('stop'),
    ...Array<'front'>(options.frontKills).fill('front'),
  ])
  for (const [i, deed] of deeds.entries()) {
    await sleep(random() * 600)
    if (deed === 'kill') await signalOne(server, random, 'SIGKILL')
    else if (deed === 'stop') {
      const host = await signalOne(server, random, 'SIGSTOP')
      await sleep(500 + random() * 1500)
      process.kill(host, 'SIGCONT')
    } else {
      server = await killFront(server, random, faults, start)
      await sleep(WARM_MS)
      before = descriptorsOf(server)
    }
    say(`${i + 1} of ${deeds.length}: ${deed}`)
  }
  for (const caller of callers) await caller.stop()
  for (const caller of callers) {
    await caller.check()
    faults.push(...caller.faults)
  }
  if (childrenOf(server.child.pid).length < 2) faults.push('a host is missing')
  const descriptors = [before, descriptorsOf(server)] as const
  if (descriptors[1] > before + SPARE_DESCRIPTORS) faults.push(`files stay open: ${descriptors}`)
  await finish(server, faults)
  await models.close()
  await folder.remove()
  const sum = (count: keyof KillCaller['counts']) =>
    callers.reduce((all, { counts }) => all + counts[count], 0)
  return {
    faults,
    acknowledged: sum('inserts'),
    answers: sum('answers'),
    refused: sum('refused'),
    broken: sum('broken'),
    descriptors,
  }
}

/** Kills the front while the loop of a host stands still, and starts another once all have ended. */
async function killFront(
  server: RealProcess,
  random: () => number,
  faults: string[],
  start: () => Promise<RealProcess>,
): Promise<RealProcess> {
  const hosts = await hostsOf(server)
  const all = [...hosts, ...hosts.flatMap(childrenOf)]
  const place = WORKSPACES[Math.floor(random() * WORKSPACES.length)] ?? ''
  ask(server, place, 'What does planthang mean?').catch(() => undefined)
  await sleep(random() * 500)
  await server.kill()
  for (let look = 0; all.some(isAlive); look++) {
    if (look > 600) faults.push(`left over: ${all.filter(isAlive)}`)
    if (look > 600) break
    await sleep(50)
  }
  return start()
}

async function finish(server: RealProcess, faults: string[]): Promise<void> {
  const hosts = childrenOf(server.child.pid)
  const all = [...hosts, ...hosts.flatMap(childrenOf)]
  const code = await server.stop()
  if (code !== 0) faults.push(`the server ended with ${code}: ${server.output().slice(-500)}`)
  for (let look = 0; all.some(isAlive) && look < 200; look++) await sleep(50)
  const left = all.filter(isAlive)
  if (left.length > 0) faults.push(`left over at the end: ${left}`)
}

/** Sends a signal to one of the hosts; which one. */
async function signalOne(
  server: RealProcess,
  random: () => number,
  signal: NodeJS.Signals,
): Promise<number> {
  for (;;) {
    const hosts = await hostsOf(server)
    const host = hosts[Math.floor(random() * hosts.length)] ?? 0
    try {
      process.kill(host, signal)
      return host
    } catch (error) {
      // The last signal was for this one, and it has ended only now.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Waits for both to be there. */
async function hostsOf(server: RealProcess): Promise<number[]> {
  for (;;) {
    const hosts = childrenOf(server.child.pid)
    if (hosts.length >= 2) return hosts
    await sleep(20)
  }
}

function descriptorsOf(server: RealProcess): number {
  return readdirSync(`/proc/${server.child.pid}/fd`).length
}

function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}

/** The same numbers for the same seed (xorshift). */
function randomFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
