import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING } from '../samples.ts'
import { describeStore } from './store.contract.ts'

describeStore('sqlite', async () =>
  openSqliteStore({
    dir: await mkdtemp(join(tmpdir(), 'sqlite-store-')),
    embedding: EMBEDDING,
  }),
)
