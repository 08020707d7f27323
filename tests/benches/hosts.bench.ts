import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import buildOnce from '../build-once.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { fillWorkspace } from './fill-workspace.ts'

const DOCUMENTS = 300
const ROUNDS = 9
const QUESTIONS = 60
const MB = 1024 * 1024
/** Of a Linux kernel, for the times in /proc. */
const TICK_MS = 10

interface Server {
  readonly name: string
  readonly hosts: number
  readonly process: RealProcess
  readonly remove: () => Promise<void>
  /** CPU of the front and of all its hosts a question, and the wait for an answer, a round each. */
  readonly front: number[]
  readonly all: number[]
  readonly waits: number[]
  readonly firstTokens: number[]
}

/** What engines in processes of their own cost, against the same server in one process. */
export async function benchHosts(): Promise<void> {
  const undo = await buildOnce()
  const servers = [
    await start('in process', 0),
    await start('1 host', 1),
    await start('2 hosts', 2),
  ]
  try {
    for (const server of servers) {
      await fillWorkspace({ baseUrl: server.process.url, headers: {} }, DOCUMENTS)
      for (let n = 0; n < QUESTIONS; n += 1) await ask(server, n)
    }
    for (let round = 0; round < ROUNDS; round += 1)
      for (const server of servers) await measure(server)
    const [bare] = servers as [Server]
    for (const server of servers) {
      const { name, front, all, waits, firstTokens } = server
      console.log(
        `${name}: p50 ${median(waits).toFixed(2)} ms (${signed(median(waits) - median(bare.waits))}), ` +
          `first token ${median(firstTokens).toFixed(2)} ms (${signed(median(firstTokens) - median(bare.firstTokens))}), ` +
          `CPU a question: front ${median(front).toFixed(2)} ms, all ${median(all).toFixed(2)} ms ` +
          `(${(median(all) / median(bare.all)).toFixed(2)} of in process)`,
      )
    }
    console.log(
      'wanted: p50 at most 0.7 ms more, front at most 0.8 ms, first token at most 1 ms more',
    )
    await memory(servers[1] as Server)
  } finally {
    for (const server of servers) await server.remove()
    await undo()
  }
}

async function start(name: string, hosts: number): Promise<Server> {
  const folder = await tempFolder()
  const process = await startRealProcess(folder.path, { ENGINE_HOSTS: String(hosts) })
  const remove = async () => {
    await process.stop()
    await folder.remove()
  }
  return { name, hosts, process, remove, front: [], all: [], waits: [], firstTokens: [] }
}

async function measure(server: Server): Promise<void> {
  const pids = processesOf(server)
  const before = pids.map(cpuMs)
  const waits: number[] = []
  for (let n = 0; n < QUESTIONS; n += 1) waits.push(await ask(server, n))
  const spent = pids.map((pid, i) => (cpuMs(pid) - (before[i] ?? 0)) / QUESTIONS)
  server.front.push(spent[0] ?? 0)
  server.all.push(spent.reduce((sum, one) => sum + one, 0))
  server.waits.push(median(waits))
  const tokens: number[] = []
  for (let n = 0; n < 10; n += 1) tokens.push(await firstToken(server, n))
  server.firstTokens.push(median(tokens))
}

/** A 50 MB insert and a large answer, and what they leave in the memory of the front. */
async function memory(server: Server): Promise<void> {
  const { url } = server.process
  const [front = 0, ...hosts] = processesOf(server)
  const idle = hosts.map(residentMb)
  const before = residentMb(front)
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb(front))
  }, 20)
  const text = 'A station reports to the harbour. '.repeat((49 * MB) / 34)
  const body = JSON.stringify({ texts: [text] })
  const answer = await fetch(`${url}/documents/texts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  await answer.arrayBuffer()
  const afterInsert = peak
  peak = residentMb(front)
  const base = peak
  const chunks = await fetch(`${url}/graphs?label=*&max_depth=3&max_nodes=1000`)
  const bytes = (await chunks.arrayBuffer()).byteLength
  await sleep(200)
  clearInterval(watch)
  console.log(
    `a ${(body.length / MB).toFixed(0)} MB insert (${answer.status}) raises the front by ` +
      `${(afterInsert - before).toFixed(1)} MB, an answer of ${(bytes / MB).toFixed(2)} MB by ` +
      `${(peak - base).toFixed(1)} MB (10 wanted); hosts have ${idle.map((mb) => mb.toFixed(0)).join(', ')} MB resident`,
  )
}

function ask({ process: { url } }: Server, n: number): Promise<number> {
  const body = { query: `Which station reports to Harbour Lane ${n % 7}?`, mode: 'mix' }
  return timed(`${url}/query/data`, body, 'end')
}

function firstToken({ process: { url } }: Server, n: number): Promise<number> {
  const body = { query: `Who reports to Harbour Lane ${n % 7}?`, mode: 'mix' }
  return timed(`${url}/query/stream`, body, 'data')
}

function timed(url: string, body: unknown, until: 'data' | 'end'): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const headers = { 'content-type': 'application/json' }
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`))
      let first: number | undefined
      answer.on('data', () => {
        first ??= performance.now() - started
      })
      answer.on('end', () =>
        resolve((until === 'data' ? first : undefined) ?? performance.now() - started),
      )
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

/** The front and its hosts. */
function processesOf({ process: { child } }: Server): number[] {
  const front = child.pid ?? 0
  const children = readFileSync(`/proc/${front}/task/${front}/children`, 'utf8')
  const pids = children.trim().split(/\s+/).filter(Boolean).map(Number)
  return [
    front,
    ...pids.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('host-process')),
  ]
}

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

function residentMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return (pages * 4096) / MB
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function signed(ms: number): string {
  return `${ms < 0 ? '' : '+'}${ms.toFixed(2)}`
}
