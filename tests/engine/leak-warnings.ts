import { setImmediate as nextTurn } from 'node:timers/promises'

/** What Node took for a leak of listeners while `work` was done. */
export async function leakWarnings(work: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = []
  const onWarning = (warning: Error) => {
    if (warning.name === 'MaxListenersExceededWarning') seen.push(warning.message)
  }
  process.on('warning', onWarning)
  try {
    await work()
    await nextTurn()
  } finally {
    process.off('warning', onWarning)
  }
  return seen
}
