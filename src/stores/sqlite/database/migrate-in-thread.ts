import { EngineError } from '../../../engine/ports/engine-error.ts'
import { startThread } from '../../../threads/start-thread.ts'
import { ThreadCalls } from '../../../threads/thread-calls.ts'

/**
 * Brings the database in a folder up to date in a thread of its own, while others are answered. The
 * thread is never ended by force, for that may abort the process while the library is in a call.
 *
 * @throws what the migration throws, and when the thread cannot start
 */
export async function migrateInThread(dir: string): Promise<void> {
  const calls = new ThreadCalls<string, void>(
    () => startThread(new URL('./migrate-thread.ts', import.meta.url)),
    { errors: { EngineError } },
  )
  try {
    await calls.call(dir)
  } finally {
    await calls.finish()
  }
}
