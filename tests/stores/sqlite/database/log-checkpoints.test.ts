import { existsSync } from 'node:fs'
import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Checkpointer } from '../../../../src/stores/sqlite/database/checkpointer.ts'
import { checkpointThread } from '../../../../src/stores/sqlite/database/checkpointer.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../../src/stores/sqlite/database/embedding-mark.ts'
import { LogSync } from '../../../../src/stores/sqlite/database/log-sync.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { WorkspaceLock } from '../../../../src/stores/sqlite/database/workspace-lock.ts'
import { WorkspaceStore } from '../../../../src/stores/sqlite/workspace-store.ts'
import { needing } from '../../../needing.ts'
import { change, DIMENSION, EMBEDDING, entity } from '../../samples.ts'
import { SlowCheckpointer } from './slow-checkpointer.ts'

/** So many that they take several slices. */
const MANY = 3000
/** Those of this process on the byte range with which SQLite marks an open database. */
const sharedLocks = async (path: string) => {
  const { ino } = await stat(path)
  const lines = (await readFile(LOCKS, 'utf8')).split('\n')
  const own = lines.filter((line) => line.includes(` ${process.pid} `))
  return own.filter((line) => line.includes(`:${ino} `) && line.endsWith(SHARED_BYTES))
}
const LOCKS = '/proc/locks'
const SHARED_BYTES = ' 1073741826 1073742335'
const MB = 1024 * 1024
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe('the log of an open database', () => {
  let dir: string
  let path: string
  let connection: Connection
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'log-checkpoints-'))
    path = join(dir, 'rag.db')
  })

  const open = async (checkpointer: Checkpointer) => {
    connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    connection.syncBy(await LogSync.of(path), checkpointer)
  }
  const write = (megabytes: number) => {
    for (let i = 0; i < megabytes; i++) {
      connection.relaxed(() =>
        connection.run(
          `INSERT INTO model_cache (key, kind, value) VALUES (hex(randomblob(8)), 'query', ?)`,
          'x'.repeat(MB),
        ),
      )
    }
  }
  const close = async () => {
    await connection.endSync()
    connection.close()
  }

  it('is copied into the database by another thread, and begins anew', async () => {
    await open(checkpointThread)
    write(18)
    await connection.roomInLog()
    expect(connection.logLength().checkpointed).toBe(connection.logLength().log)
    write(1)
    expect(connection.logLength().log).toBeLessThan(500)
    expect(connection.get('SELECT count(*) AS n FROM model_cache')).toEqual({ n: 19 })
    await close()
  })

  it('is not copied by whoever commits', async () => {
    const checkpointer = new SlowCheckpointer()
    await open(checkpointer)
    write(5)
    expect(connection.logLength()).toMatchObject({ checkpointed: 0 })
    expect(connection.logLength().log).toBeGreaterThan(600)
    expect(checkpointer.asked).toEqual(['PASSIVE'])
    checkpointer.end()
    await nextTurn()
    write(1)
    expect(checkpointer.asked).toEqual(['PASSIVE'])
    write(4)
    expect(checkpointer.asked).toEqual(['PASSIVE', 'PASSIVE'])
    checkpointer.end()
    const closed = close()
    while (checkpointer.asked.at(-1) !== 'TRUNCATE') await nextTurn()
    checkpointer.end()
    await closed
  })

  it('lets long work wait when it has become long', async () => {
    const checkpointer = new SlowCheckpointer()
    await open(checkpointer)
    const store = new WorkspaceStore(connection, WorkspaceLock.acquire(dir), DIMENSION)
    write(18)
    const many = Array.from({ length: MANY }, (_, index) => entity(`Entity ${index}`))
    let isApplied = false
    const applied = store.graph.apply(change({ entities: many })).then(() => {
      isApplied = true
    })
    for (let turn = 0; turn < 50; turn++) await nextTurn()
    expect(isApplied).toBe(false)
    const written = connection.get<{ n: number }>('SELECT count(*) AS n FROM entities')?.n
    expect(written).toBeLessThan(MANY)
    // Nobody who only reads waits.
    expect(await store.searches.matchChunks('chunk', 1)).toEqual([])
    const closed = applied.then(() => store.close())
    let isClosed = false
    void closed.then(() => {
      isClosed = true
    })
    while (!isClosed) {
      checkpointer.end()
      await nextTurn()
    }
    expect(isApplied).toBe(true)
  })

  it('is copied within commits again when the thread fails', async () => {
    const checkpointer = new SlowCheckpointer()
    await open(checkpointer)
    write(5)
    checkpointer.end(new Error('the disk is broken'))
    await nextTurn()
    write(1)
    expect(connection.logLength().checkpointed).toBeGreaterThan(500)
    await close()
  })

  it('tells why, when there is no such database', async () => {
    const missing = checkpointThread.checkpoint(join(dir, 'none.db'), 'PASSIVE')
    await expect(missing).rejects.toThrow('unable to open')
  })

  const keepsLocks = 'keeps its locks when the thread opens and closes it'
  needing(LOCKS, existsSync(LOCKS))(keepsLocks, async () => {
    await open(checkpointThread)
    write(1)
    expect(await sharedLocks(path)).toHaveLength(1)
    await checkpointThread.checkpoint(path, 'PASSIVE')
    expect(await sharedLocks(path)).toHaveLength(1)
    await close()
    await expect(stat(`${path}-wal`)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
