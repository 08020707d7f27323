import { startThread } from '../../../threads/start-thread.ts'
import { ThreadCalls } from '../../../threads/thread-calls.ts'
import type { CheckpointMode, CheckpointRequest } from './checkpoint-thread.ts'

/** Copies the log of a database into it. */
export interface Checkpointer {
  /** Whether asking costs no more than the work itself. */
  readonly isReady: boolean
  /** Rejects when the disk refused, or when there can be no thread. */
  checkpoint(database: string, mode: CheckpointMode): Promise<void>
}

const calls = new ThreadCalls<CheckpointRequest, void>(() =>
  startThread(new URL('./checkpoint-thread.ts', import.meta.url)),
)

/**
 * Makes checkpoints in a thread that all stores of the process share: each syncs twice, and so takes
 * as long as the disk likes. The thread has a connection of its own for each, and none in between.
 *
 * It is never ended by force, for that may abort the process while the library is in a call.
 */
export const checkpointThread: Checkpointer = {
  get isReady() {
    return calls.isStarted
  },
  checkpoint: (database, mode) => calls.call({ database, mode }),
}
