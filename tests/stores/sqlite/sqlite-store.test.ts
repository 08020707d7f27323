import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING } from '../samples.ts'
import { describeStore } from './store.contract.ts'

let dir = ''

const openAgain = () => openSqliteStore({ dir, embedding: EMBEDDING })

describeStore(
  'sqlite',
  async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-store-'))
    return openAgain()
  },
  openAgain,
)
