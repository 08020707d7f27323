import { setTimeout as sleep } from 'node:timers/promises'
import type { Callers } from './callers.ts'
import type { SoakClient } from './client.ts'
import type { Space } from './space.ts'
import { CHANGES, MOVERS_KEY, type UsersFile } from './users.ts'

const BETWEEN_CHANGES_MS = 200
/** A good version is taken within seconds; without an end the run would wait for ever. */
const LONGEST_MS = 60_000

/**
 * Changes the users file again and again. One key moves from one workspace to another with every
 * good version: its holder sees either, never both, and not the old one once the new one was seen.
 *
 * @returns how often the file changed
 */
export async function changeUsers(
  file: UsersFile,
  [one, other]: readonly [Space, Space],
  client: SoakClient,
  callers: Callers,
  ended: () => boolean,
): Promise<number> {
  let changes = 0
  let now = one.number
  const look = async (): Promise<number | undefined> => {
    const headers = { 'x-api-key': MOVERS_KEY }
    const answer = await client.call({ method: 'GET', path: '/graph/label/list', headers })
    callers.operations += 1
    callers.counts.set('moving key', (callers.counts.get('moving key') ?? 0) + 1)
    if (answer.status === 503) return undefined
    callers.search('moving key', answer, [one.number, other.number], false)
    const owners = [...callers.canaries.ownersIn(answer.text)]
    if (answer.status === 200 && owners.length === 1) return owners[0]
    callers.fault(`moving key got ${answer.status} and words of ${owners}: ${answer.text}`)
    return undefined
  }
  while (!ended()) {
    for (const { what, moversSpace, make } of CHANGES) {
      await make(file)
      changes += 1
      const deadline = performance.now() + LONGEST_MS
      while (moversSpace !== undefined && now !== moversSpace && !callers.failed) {
        now = (await look()) ?? now
        await sleep(10)
        if (performance.now() < deadline) continue
        callers.fault(`the users file was ${what}, and nobody noticed`)
        break
      }
      await sleep(BETWEEN_CHANGES_MS)
      const seen = await look()
      if (seen !== undefined && seen !== now) {
        callers.fault(`the users file was ${what}, and a key moved to workspace ${seen}`)
      }
      if (ended()) break
    }
  }
  // The last version may be a broken one, which a restart would refuse.
  await file.replace(file.textFor(now))
  return changes
}
