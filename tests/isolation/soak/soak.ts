import { tempFolder } from '../../server/temp-folder.ts'
import { Callers } from './callers.ts'
import { Canaries } from './canaries.ts'
import { SoakClient } from './client.ts'
import { ANCHOR_INSERTIONS } from './documents.ts'
import { changeUsers } from './mover.ts'
import { login } from './questions.ts'
import { SeededRandom } from './random.ts'
import { type SoakServer, startSoakServer } from './server.ts'
import { Space, type Spaces } from './space.ts'
import { type SweepReport, settle, sweep } from './sweep.ts'
import { UsersFile } from './users.ts'

export interface SoakOptions {
  readonly workspaces: number
  /** Requests after which the callers stop; what fills and sweeps the workspaces comes on top. */
  readonly operations: number
  /** Engines the pool may hold; fewer than workspaces, so that they close all the time. */
  readonly maxEngines: number
  readonly callers: number
  readonly seed: number
  /** Told now and then how far the run is. */
  readonly onProgress?: (line: string) => void
}

export interface SoakReport {
  readonly operations: number
  /** Requests of each kind. */
  readonly counts: ReadonlyMap<string, number>
  /** Requests that were refused, as they had to be. */
  readonly refusals: number
  /** Requests that were asked to come again. */
  readonly busy: number
  readonly evictions: number
  /** Changes of the users file. */
  readonly reloads: number
  readonly sweep: SweepReport
  /** Of the server's process. */
  readonly maxMegabytes: number
  /** One sentence for each answer that held a foreign word, was wrong, or did not come. */
  readonly faults: readonly string[]
}

const MOST_COMPLAINTS = 5
const PROGRESS_MS = 10_000
/** The share of calls that go to any workspace, and not to one of those in much use. */
const ELSEWHERE = 0.03
/** After so many calls another workspace comes into much use. */
const CALLS_A_TURN = 100

/** Random operations of many workspaces at once over real sockets, each answer searched. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await tempFolder()
  const random = new SeededRandom(options.seed)
  const canaries = new Canaries()
  const spaces = spacesFor(options.workspaces, canaries, random)
  const users = await UsersFile.of(folder.path, spaces)
  let server: SoakServer | undefined
  let client: SoakClient | undefined
  try {
    server = await startSoakServer(folder.path, options.maxEngines)
    client = new SoakClient(server.url, options.callers + 1)
    const callers = new Callers(client, spaces, canaries)
    await fill(spaces, callers, random)
    const run = { options, spaces, users, server, client, callers }
    return await runAndSweep(run, random)
  } finally {
    await client?.close()
    await server?.close()
    await folder.remove()
  }
}

function spacesFor(count: number, canaries: Canaries, random: SeededRandom): Spaces {
  const [one, other, ...more] = Array.from(
    { length: count },
    (_, number) => new Space(number, canaries, random),
  )
  if (one === undefined || other === undefined) throw new RangeError('two workspaces at least')
  return [one, other, ...more]
}

interface Run {
  readonly options: SoakOptions
  readonly spaces: Spaces
  readonly users: UsersFile
  readonly server: SoakServer
  readonly client: SoakClient
  readonly callers: Callers
}

/** Gives each workspace the documents that it keeps, and its owner a token. */
async function fill(
  spaces: readonly Space[],
  callers: Callers,
  random: SeededRandom,
): Promise<void> {
  for (const space of spaces) {
    await callers.perform(space, login(space), random)
    for (const insertion of ANCHOR_INSERTIONS) {
      await callers.perform(space, insertion(space), random)
    }
  }
  await settle(spaces, callers, random)
  for (const space of spaces) {
    space.anchors.push(...space.documents.splice(0))
  }
}

async function runAndSweep(run: Run, random: SeededRandom): Promise<SoakReport> {
  const { options, spaces, users, server, client, callers } = run
  const [one, other] = spaces
  const filled = callers.operations
  const ended = () => callers.failed || callers.operations - filled >= options.operations
  const stopTelling = tell(run, filled)
  const turns = new Turns(spaces, Math.max(1, options.maxEngines - 2))
  const caller = async (number: number) => {
    const own = new SeededRandom(options.seed + 1000 * (number + 1))
    while (!ended()) await callers.act(turns.next(own), own)
  }
  const all = Array.from({ length: options.callers }, (_, number) => caller(number))
  const [reloads] = await Promise.all([
    changeUsers(users, [one, other], client, callers, ended),
    ...all,
  ])
  const operations = callers.operations - filled
  await settle(spaces, callers, random)
  const swept = await sweep(spaces, server, callers, random)
  clearInterval(stopTelling)
  const { evictions, mostMegabytes: maxMegabytes } = await server.gauges()
  const complaints = server.complaints.slice(0, MOST_COMPLAINTS)
  const { counts, refusals, busy } = callers
  return {
    operations,
    counts,
    refusals,
    busy,
    evictions,
    reloads,
    sweep: swept,
    maxMegabytes,
    faults: [...callers.faults, ...complaints.map((line) => `the server logged ${line}`)],
  }
}

/** Whose turn it is: few workspaces are in much use at a time, and not the same ones for long. */
class Turns {
  readonly #spaces: Spaces
  readonly #used: Space[]
  #calls = 0

  constructor(spaces: Spaces, width: number) {
    this.#spaces = spaces
    this.#used = spaces.slice(0, width)
  }

  next(random: SeededRandom): Space {
    this.#calls += 1
    const any = random.pick(this.#spaces)
    if (this.#calls % CALLS_A_TURN === 0) this.#used[random.below(this.#used.length)] = any
    return random.chance(ELSEWHERE) ? any : (random.pick(this.#used) ?? any)
  }
}

/** The rate depends on what else the machine does; the processor time of an operation hardly. */
function tell({ options, server, callers }: Run, filled: number): NodeJS.Timeout {
  const started = performance.now()
  let before = { at: started, operations: filled, cpuMs: 0 }
  return setInterval(async () => {
    const { evictions, megabytes, cpuMs } = await server.gauges()
    const now = { at: performance.now(), operations: callers.operations, cpuMs }
    const done = now.operations - before.operations
    const rate = (done / (now.at - before.at)) * 1000
    const cost = (cpuMs - before.cpuMs) / done
    before = now
    const seconds = (now.at - started) / 1000
    options.onProgress?.(
      `${seconds.toFixed(0)} s  ${now.operations - filled} operations  ${rate.toFixed(0)}/s  ${cost.toFixed(2)} ms CPU each  ${evictions} closed engines  ${megabytes} MB  ${callers.faults.length} faults`,
    )
  }, PROGRESS_MS).unref()
}
