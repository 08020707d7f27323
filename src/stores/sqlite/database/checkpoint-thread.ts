import Database from 'better-sqlite3'
import { answerCalls } from '../../../threads/answer-calls.ts'

/** `PASSIVE` waits for nobody; `TRUNCATE` leaves an empty log, and is for databases that rest. */
export type CheckpointMode = 'PASSIVE' | 'TRUNCATE'

export interface CheckpointRequest {
  readonly database: string
  readonly mode: CheckpointMode
}

answerCalls(({ database, mode }: CheckpointRequest) => {
  const connection = new Database(database, { fileMustExist: true })
  try {
    connection.pragma(`wal_checkpoint(${mode})`)
  } finally {
    connection.close()
  }
})
