import { join } from 'node:path'
import Database from 'better-sqlite3'
import { answerCalls } from '../../../threads/answer-calls.ts'
import { migrate } from './migrate.ts'

answerCalls((dir: string) => {
  const database = new Database(join(dir, 'rag.db'), { fileMustExist: true })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    migrate(database)
  } finally {
    database.close()
  }
})
