import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { migrate } from './migrate.ts'

const database = new Database(join(String(workerData), 'rag.db'), { fileMustExist: true })
try {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  migrate(database)
} finally {
  database.close()
}
