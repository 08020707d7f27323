import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkpointThread } from '../../../../src/stores/sqlite/database/checkpointer.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../../src/stores/sqlite/database/embedding-mark.ts'
import { type LogFile, LogSync } from '../../../../src/stores/sqlite/database/log-sync.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { WorkspaceLock } from '../../../../src/stores/sqlite/database/workspace-lock.ts'
import { WorkspaceStore } from '../../../../src/stores/sqlite/workspace-store.ts'
import { DIMENSION, EMBEDDING, newDocument } from '../../samples.ts'

/** A disk that is slow, and broken when one wants it to be. */
class SlowFile implements LogFile {
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  syncs = 0

  datasync(): Promise<void> {
    this.syncs++
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  end(error?: Error): void {
    const sync = this.#waiting.shift()
    if (error) sync?.reject(error)
    else sync?.resolve()
  }

  async close(): Promise<void> {}
}

describe('a connection that is synced beside the event loop', () => {
  let file: SlowFile
  let connection: Connection
  beforeEach(async () => {
    file = new SlowFile()
    connection = new Connection(openDatabase(await mkdtemp(join(tmpdir(), 'log-sync-'))))
    connection.syncBy(new LogSync(file), checkpointThread)
  })
  afterEach(() => connection.close())

  const write = () =>
    connection.durably(() =>
      connection.run(
        `INSERT INTO model_cache (key, kind, value) VALUES (hex(randomblob(8)), 'query', '')`,
      ),
    )
  const rows = () => connection.get<{ n: number }>('SELECT count(*) AS n FROM model_cache')?.n
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

  it('has written at once, and is synced when the disk has said so', async () => {
    write()
    expect(rows()).toBe(1)
    let isSynced = false
    const synced = connection.synced().then(() => {
      isSynced = true
    })
    await nextTurn()
    expect(isSynced).toBe(false)
    file.end()
    await synced
    expect(isSynced).toBe(true)
  })

  it('waits for nothing when nothing durable was written', async () => {
    connection.relaxed(() => undefined)
    await connection.synced()
    expect(file.syncs).toBe(0)
  })

  it('takes no sync that began before a commit for its own', async () => {
    write()
    const first = connection.synced()
    write()
    let isSynced = false
    const second = connection.synced().then(() => {
      isSynced = true
    })
    file.end()
    await first
    await nextTurn()
    expect(isSynced).toBe(false)
    file.end()
    await second
  })

  it('shares one sync among all that wait for it', async () => {
    for (let i = 0; i < 5; i++) write()
    const all = Array.from({ length: 5 }, () => connection.synced())
    file.end()
    await Promise.all(all)
    expect(file.syncs).toBe(1)
  })

  it('refuses what a failed sync did not keep, and trusts no later sync of the same log', async () => {
    write()
    const refusal = expect(connection.synced()).rejects.toMatchObject({ code: 'store_unavailable' })
    file.end(new Error('the disk is broken'))
    await refusal
    await expect(connection.synced()).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(file.syncs).toBe(1)
  })

  it('brings everything into the database by itself before it writes again', async () => {
    write()
    const refusal = expect(connection.synced()).rejects.toMatchObject({ code: 'store_unavailable' })
    file.end(new Error('the disk is broken'))
    await refusal
    write()
    const synced = connection.synced()
    file.end()
    await synced
    expect(rows()).toBe(2)
    expect(file.syncs).toBe(2)
  })
})

describe('a store on a slow disk', () => {
  it('answers for a document only once it is on the disk, and searches meanwhile', async () => {
    const file = new SlowFile()
    const dir = await mkdtemp(join(tmpdir(), 'log-sync-'))
    const lock = WorkspaceLock.acquire(dir)
    const connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    connection.syncBy(new LogSync(file), checkpointThread)
    const store = new WorkspaceStore(connection, lock, DIMENSION)
    const answers: string[] = []
    const told = (what: string) => () => answers.push(what)
    const all = [
      store.queue.enqueue([newDocument('a')], { onConflict: 'keep' }).then(told('kept')),
      store.queue.enqueue([newDocument('a')], { onConflict: 'keep' }).then(told('duplicate')),
      store.documents.byId('a').then(told('there')),
    ]
    await store.searches.matchChunks('anything', 1)
    expect(answers).toEqual([])
    while (answers.length < all.length) {
      file.end()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(all)
    const closed = store.close()
    file.end()
    await closed
  })
})
