/** Opens the store of a folder and says how that went. */
import { writeSync } from 'node:fs'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING } from './samples.ts'

const [dir = ''] = process.argv.slice(2)
try {
  await openSqliteStore({ dir, embedding: EMBEDDING })
  writeSync(1, 'open\n')
  setInterval(() => undefined, 60_000)
} catch (error) {
  writeSync(1, `refused ${error instanceof EngineError ? error.code : String(error)}\n`)
}
