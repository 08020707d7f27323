import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Holds {
  /** The longest time for which the event loop stood still, in milliseconds. */
  readonly longestMs: number
  /** The same without what the process waited for a processor of the machine. */
  readonly ownMs: number
}

/** A process that wrote nothing for so long stands still now. */
const SILENCE_MS = 400

/** What the probe of a process wrote between two times; a hold that goes on counts until the end. */
export async function holdsOf(
  folder: string,
  pid: number,
  from: number,
  to: number,
): Promise<Holds> {
  const text = await readFile(join(folder, `${pid}.holds`), 'utf8').catch(() => '')
  let [longestMs, ownMs, last] = [0, 0, from]
  for (const line of text.split('\n')) {
    const [time = 0, hold = 0, own = 0] = line.split(' ').map(Number)
    if (time < from || time > to + SILENCE_MS) continue
    longestMs = Math.max(longestMs, hold)
    ownMs = Math.max(ownMs, own)
    last = time
  }
  const silent = to - last
  if (silent < SILENCE_MS) return { longestMs, ownMs }
  return { longestMs: Math.max(longestMs, silent), ownMs: Math.max(ownMs, silent) }
}
