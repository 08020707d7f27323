import { setTimeout as sleep } from 'node:timers/promises'
import { timerMs } from '../engine/work/timer-ms.ts'

const MOST_TRIES = 10
/** Shorter would be no rest for the server, longer is nothing to wait for. */
const WAIT_MS = { least: 100, most: 30_000 }

/** Calls as `fetch` does, and once more when a server that is too busy says when to come back. */
export async function patientFetch(url: string, init: RequestInit = {}): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(url, init)
    const waitMs =
      response.status === 503 || response.status === 429 ? retryAfterMs(response) : null
    if (waitMs === null || tries === MOST_TRIES) return response
    await response.body?.cancel()
    await sleep(timerMs(waitMs, WAIT_MS.most))
  }
}

/**
 * How long a reply asks to be waited for, within bounds, in milliseconds.
 *
 * @param now in milliseconds since 1970
 * @returns null when it does not say
 */
export function retryAfterMs(
  { headers }: Pick<Response, 'headers'>,
  now: number = Date.now(),
): number | null {
  const value = headers.get('retry-after')?.trim() ?? ''
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? null : Math.min(WAIT_MS.most, Math.max(WAIT_MS.least, ms))
}
