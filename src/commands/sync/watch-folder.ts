import { setTimeout as sleep } from 'node:timers/promises'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { SyncError } from './sync-error.ts'

/** Runs again and again until the process ends; what went wrong once may go well the next time. */
export async function watchFolder(
  run: () => Promise<unknown>,
  seconds: number,
  print: (line: string) => void,
): Promise<never> {
  for (;;) {
    await run().catch((error: unknown) => {
      if (!(error instanceof SyncError)) throw error
      print(error.message)
    })
    await sleep(timerMs(seconds * 1000))
  }
}
