import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Looks again until `look` is true.
 *
 * @param patience in milliseconds
 * @returns whether it became true in time
 */
export async function waitUntil(look: () => Promise<boolean>, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience
  while (!(await look())) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}
