import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { HostMessage } from '../../../src/formats/reader/reader-host.ts'
import { systemLimitBehind } from '../../../src/formats/reader/system-limit-behind.ts'

/**
 * A reader that somebody else has taken over: it watches nothing, and does what the name of a file
 * says. What ends it then is the system or the server.
 */
const MB = 1024 * 1024

function usage() {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, residentMb: 0 }
}

function say(message: HostMessage): void {
  process.send?.(message)
}

function answer(text: string): void {
  say({ kind: 'text', piece: text })
  say({ kind: 'read', usage: usage() })
}

function burnUntil(cpuMs: number): void {
  while (usage().cpuMs < cpuMs);
}

/** What the system refused, as the real reader tells it. */
function tryTo(attempt: () => unknown): void {
  try {
    attempt()
    answer('done')
  } catch (error) {
    const limit = systemLimitBehind(error)
    if (limit === null) answer(String(error))
    else say({ kind: 'over', limit, usage: usage() })
  }
}

/** The least of all threads: the less, the sooner it is served. */
function niceness(): number {
  const stats = readdirSync('/proc/self/task').map((id) =>
    readFileSync(`/proc/self/task/${id}/stat`, 'latin1'),
  )
  return Math.min(...stats.map((stat) => Number(stat.split(') ')[1]?.split(' ')[16])))
}

const held: unknown[] = []

const DEEDS: Readonly<Record<string, (path: string) => void>> = {
  pid: () => answer(String(process.pid)),
  limits: () => answer(readFileSync('/proc/self/limits', 'utf8')),
  niceness: () => answer(String(niceness())),
  burn: () => burnUntil(Number.POSITIVE_INFINITY),
  'burn to 1500': () => {
    burnUntil(1500)
    answer('burnt')
  },
  'burn, then abort': () => {
    burnUntil(usage().cpuMs + 400)
    process.abort()
  },
  sleep: () => undefined,
  // No more than the system allows, and then it stays there.
  fill: () => held.push(Buffer.alloc(300 * MB, 1)),
  // No page of it is touched.
  reserve: () => tryTo(() => held.push(new ArrayBuffer(2000 * MB))),
  // Such a thread takes its whole process with it.
  'fill a heap': () => {
    const code = 'new Array(2e7).fill(0).map(() => ({}))'
    new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 48 } })
  },
  write: (path) => tryTo(() => writeFileSync(`${path}.written`, 'x')),
  'see what is written': (path) => answer(String(statSync(`${path}.written`).size)),
  abort: () => process.abort(),
  exit: () => process.exit(3),
  'end by the limit of time': () => process.kill(process.pid, 'SIGXCPU'),
  'end by another hand': () => process.kill(process.pid, 'SIGKILL'),
  talk: () => talk(),
}

/** Until nobody listens. */
function talk(): void {
  process.stderr.write('x'.repeat(MB), (error) => (error ? answer('cut off') : talk()))
}

process.stderr.on('error', () => undefined)
process.on('message', ({ path, fileName }: { path: string; fileName: string }) =>
  DEEDS[fileName]?.(path),
)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
say({
  kind: 'ready',
  unlimited: (process.argv[3] ?? '').split(' ').filter(Boolean),
  usage: usage(),
})
