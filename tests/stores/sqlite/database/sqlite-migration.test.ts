import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { migrate } from '../../../../src/stores/sqlite/database/migrate.ts'
import { MIGRATIONS } from '../../../../src/stores/sqlite/database/schema.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { change, EMBEDDING, entity, newChunk, newDocument, publish, said } from '../../samples.ts'

/** The version before full-text entries held the words of joined names. */
const JOINED_ONLY = 3
/** The version with the indexes of the present. */
const INDEXED_ANEW = 6
const INDEXES = ['chunk_index', 'entity_index', 'relation_index']

it('a new database gets its whole schema in one transaction, an older one a version at a time', () => {
  const statements: string[] = []
  const database = new Database(':memory:', { verbose: (sql) => statements.push(String(sql)) })
  const commits = () => statements.splice(0).filter((sql) => sql === 'COMMIT').length
  migrate(database)
  expect(commits()).toBe(1)
  expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
  database.close()

  const older = new Database(':memory:', { verbose: (sql) => statements.push(String(sql)) })
  migrate(older, MIGRATIONS.slice(0, INDEXED_ANEW))
  expect(commits()).toBe(1)
  migrate(older)
  expect(commits()).toBe(MIGRATIONS.length - INDEXED_ANEW)
  older.close()
})

describe('a workspace of an older version', () => {
  let dir: string
  let store: Store
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-migration-'))
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
  })
  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  /** Closes the store, sets it back to an older version, and opens it with the present one. */
  async function upgrade() {
    await store.close()
    const database = new Database(join(dir, 'rag.db'))
    for (const index of INDEXES) {
      database.exec(`INSERT INTO ${index} (${index}) VALUES ('delete-all')`)
      const columns = database.prepare(`SELECT * FROM ${index}`).columns().length
      const row = `INSERT INTO ${index} VALUES (${Array(columns).fill("'outdated'").join(', ')})`
      database.exec(row)
    }
    database.pragma(`user_version = ${JOINED_ONLY}`)
    // What came after that made tables and columns, which are there.
    migrate(database, MIGRATIONS.slice(0, INDEXED_ANEW))
    database.pragma(`user_version = ${MIGRATIONS.length}`)
    database.close()
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
  }

  async function found(words: string) {
    const chunks = await store.searches.matchChunks(words, 9)
    const entities = await store.searches.matchEntities(words, 9)
    const relations = await store.searches.matchRelations(words, 9)
    const ids = async (hits: readonly { key: number }[]) =>
      (await store.searches.chunks(hits.map(({ key }) => key))).map(({ id }) => id)
    return {
      chunks: await ids(chunks),
      entities: (await store.searches.entities(entities.map(({ key }) => key))).map(
        ({ name }) => name,
      ),
      relations: await ids(relations),
    }
  }

  const fill = () =>
    publish(
      store,
      newDocument('a', { filePath: 'Band notes.txt' }),
      [
        newChunk('a-0', {
          content: 'WolfgangSchulz: see you at 音楽祭',
          headings: ['Rehearsal', 'Sunday'],
          entities: [said('WolfgangSchulz'), said('Ada')],
          relations: ['Ada', 'Bob'].map((source) => ({
            source,
            target: 'WolfgangSchulz',
            keywords: '',
            description: 'DrumKit on loan',
            weight: 1,
          })),
        }),
      ],
      { entities: [entity('WolfgangSchulz'), entity('Ada')] },
    )

  it('is found by its texts, titles and names as they are indexed now', async () => {
    await fill()
    const words = [
      'schulz',
      'wolfgangschulz',
      'kit',
      'rehearsal',
      'sunday band',
      '音楽',
      'outdated',
    ]
    const before = await Promise.all(words.map(found))
    expect(before[0]).toMatchObject({ chunks: ['a-0'], entities: ['WolfgangSchulz'] })
    expect(before[2]).toMatchObject({ chunks: [], relations: ['a-0'] })
    expect(before.at(-1)).toEqual({ chunks: [], entities: [], relations: [] })
    await upgrade()
    expect(await Promise.all(words.map(found))).toEqual(before)
  })

  it('forgets a document as completely as before', async () => {
    await fill()
    await upgrade()
    await store.graph.apply(
      change({
        removes: [{ documentId: 'a', forget: true }],
        deadEntities: ['WolfgangSchulz', 'Ada'],
      }),
    )
    await store.close()
    const database = new Database(join(dir, 'rag.db'))
    for (const index of INDEXES) {
      const sql = `SELECT count(*) AS n FROM ${index} WHERE ${index} MATCH 'schulz OR kit'`
      expect(database.prepare(sql).get()).toEqual({ n: 0 })
    }
    database.close()
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
  })
})
