import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { EngineError } from '../../../../src/engine/ports/engine-error.ts'
import { migrateInThread } from '../../../../src/stores/sqlite/database/open-database.ts'

it('a database of a newer program fails in a thread with the code that it fails with here', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'migrate-in-thread-'))
  const database = new Database(join(dir, 'rag.db'))
  database.pragma('user_version = 9999')
  database.close()
  const error = await migrateInThread(dir).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(EngineError)
  expect(error).toMatchObject({ code: 'store_unavailable' })
  await rm(dir, { recursive: true })
})
