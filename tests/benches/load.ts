import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

export interface Load {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON by POST; without it the request is a GET. */
  readonly body?: unknown
}

export interface LoadFigures {
  readonly perSecond: number
  /** CPU time of this process for one request, in microseconds. Nobody else's work is in it. */
  readonly cpuUs: number
}

const AUTOCANNON = createRequire(import.meta.url).resolve('autocannon/autocannon.js')

/** Sends requests to a server of this process for a while, from a process of its own. */
export async function sendLoad(load: Load, seconds: number): Promise<LoadFigures> {
  const { url, headers = {}, body } = load
  const flags = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`])
  if (body !== undefined) {
    flags.push('-m', 'POST', '-H', 'content-type=application/json', '-b', JSON.stringify(body))
  }
  const args = [AUTOCANNON, '--json', '-c', '16', '-d', String(seconds), ...flags, url]
  const before = process.cpuUsage()
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const { user, system } = process.cpuUsage(before)
  const { requests, non2xx, errors } = JSON.parse(stdout)
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} bad answers and ${errors} errors`)
  return { perSecond: requests.average, cpuUs: (user + system) / requests.total }
}

/** Ratios of several loads to the first of them. */
export interface LoadRatio {
  readonly perSecond: number
  readonly cpu: number
  readonly cpuUs: number
}

/**
 * Sends the loads in turn, round by round, and compares each with the first of its round. What the
 * rest of the machine does hits neighbours alike, and medians leave out the rounds it hit hardest.
 */
export async function compareLoads(
  loads: Readonly<Record<string, Load>>,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Record<string, LoadRatio>> {
  const measured: Record<string, LoadFigures[]> = {}
  for (const name of Object.keys(loads)) measured[name] = []
  // The first one warms everything up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, load] of Object.entries(loads)) {
      const figures = await sendLoad(load, seconds)
      if (round > 0) measured[name]?.push(figures)
    }
  }
  const [base = []] = Object.values(measured)
  return Object.fromEntries(
    Object.entries(measured).map(([name, figures]) => [
      name,
      {
        perSecond: median(figures.map((one, i) => one.perSecond / (base[i]?.perSecond ?? 0))),
        cpu: median(figures.map((one, i) => (base[i]?.cpuUs ?? 0) / one.cpuUs)),
        cpuUs: median(figures.map((one) => one.cpuUs)),
      },
    ]),
  )
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
