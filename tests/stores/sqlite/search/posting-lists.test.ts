import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { Generation, NEVER } from '../../../../src/stores/sqlite/database/visibility.ts'
import { FullTextSearch } from '../../../../src/stores/sqlite/search/full-text-search.ts'
import {
  CHUNK_TEXTS,
  ENTITY_NAMES,
  FullTextTable,
} from '../../../../src/stores/sqlite/tables/full-text-table.ts'

const WORDS = 'heron crane stork egret ibis bittern 東京タワー café motor'.split(' ')
/** Some repeat a word, some have one that nobody has, one is a single character of a longer word. */
const QUESTIONS = [
  'heron',
  'heron crane stork',
  'Stork, egret and a dodo',
  '東京',
  '東',
  'cafe MOTORS ibis heron heron',
  'dodo',
  '... !',
  'report heron',
  'filler report',
  'filler ibis',
]

describe('lists of what has a word', () => {
  let dir: string
  let connection: Connection
  let generation: Generation
  let search: FullTextSearch
  /** Searches the index for all words at once. */
  let plain: FullTextSearch
  /** How many statements were run. */
  let statements: number
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'posting-lists-'))
    statements = 0
    const database = openDatabase(dir)
    connection = new Connection(database)
    const rows = connection.rows.bind(connection)
    connection.rows = (sql, ...values) => {
      statements++
      return rows(sql, ...values)
    }
    generation = new Generation(1)
    generation.isWhole = true
    search = new FullTextSearch(connection, generation)
    plain = new FullTextSearch(connection, new Generation(1))
  })
  afterEach(async () => {
    connection.close()
    await rm(dir, { recursive: true })
  })

  function addChunks(texts: readonly string[]): void {
    const table = new FullTextTable(connection, CHUNK_TEXTS)
    connection.durably(() => {
      for (const text of texts) {
        const label = connection.insert(
          `INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end")
           VALUES ('', 1, 0, 0, ${NEVER}, 0, 0, 0)`,
        )
        table.insert(label, [text, `report ${label}`])
      }
    })
  }

  function addEntities(names: readonly string[], born: number): void {
    const table = new FullTextTable(connection, ENTITY_NAMES)
    connection.durably(() => {
      for (const name of names) {
        const insert = 'INSERT INTO entity_names (name, name_key) VALUES (?, ?)'
        const key = connection.insert(insert, name, name)
        connection.run(
          `INSERT INTO entities (entity, born, died, owed, type, description, source_ids,
             file_paths, spread, created_at, tokens)
           VALUES (?, ?, ${NEVER}, 0, '', '', '[]', '[]', 0, 0, 0)`,
          key,
          born,
        )
        table.insert(key, [name])
      }
    })
  }

  /** Texts of very different lengths, in which words repeat. */
  const texts = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      WORDS.flatMap((word, i) => (at % (i + 2) === 0 ? Array(1 + (at % 3)).fill(word) : []))
        .concat(Array(at % 11).fill('filler'))
        .join(' '),
    )
  it.each([40, 700])('give the same scores to the last bit among %i texts', (count) => {
    addChunks(texts(count))
    addEntities(
      texts(count).map((text, at) => `${text} ${at}`),
      1,
    )
    let found = 0
    for (const text of QUESTIONS) {
      for (const limit of [3, 1000]) {
        const chunks = plain.chunks(text, limit, null)
        const entities = plain.entities(text, limit)
        for (const _ of ['read', 'known']) {
          expect(search.chunks(text, limit, null)).toEqual(chunks)
          expect(search.entities(text, limit)).toEqual(entities)
        }
        found += chunks.length + entities.length
      }
    }
    expect(found).toBeGreaterThan(200)
  })

  it('put the older of equals first', () => {
    addChunks(['a crane', 'a heron'])
    expect(search.chunks('heron crane', 1, null)).toEqual(plain.chunks('heron crane', 1, null))
    expect(search.chunks('heron crane', 1, null)).toMatchObject([{ key: 1 }])
  })

  it('are read once for each word', () => {
    addChunks(texts(40))
    search.chunks('heron crane', 10, null)
    expect(statements).toBe(2)
    search.chunks('crane heron', 10, null)
    expect(statements).toBe(2)
    search.chunks('crane ibis', 10, null)
    expect(statements).toBe(3)
  })

  it('are told in bytes', () => {
    addChunks(texts(700))
    expect(search.bytes).toBe(0)
    search.chunks('dodo', 10, null)
    const empty = search.bytes
    expect(empty).toBeGreaterThan(0)
    search.chunks('heron', 10, null)
    expect(search.bytes - empty).toBeGreaterThan((700 / 2) * 16)
  })

  it('are forgotten when something else is visible', () => {
    addChunks(['a heron', 'a crane'])
    addEntities(['Heron'], 1)
    addEntities(['Heron Crane'], 2)
    expect(search.chunks('heron', 10, null)).toHaveLength(1)
    expect(search.entities('heron', 10)).toHaveLength(1)
    addChunks(['one more heron'])
    generation.current++
    expect(search.chunks('heron', 10, null)).toHaveLength(2)
    expect(search.entities('heron', 10)).toHaveLength(2)
  })

  it('are left alone while the index has what is not visible', () => {
    addChunks(['a heron', 'a crane'])
    search.chunks('heron', 10, null)
    generation.isWhole = false
    connection.run(`UPDATE chunks SET died = 1 WHERE label = 1`)
    expect(search.chunks('heron', 10, null)).toEqual([])
    expect(search.chunks('crane', 10, null)).toHaveLength(1)
  })

  it('are not made of words that very many texts have', () => {
    const many = 2001
    addChunks(Array.from({ length: 2 * many }, (_, at) => (at % 2 === 0 ? 'a heron' : 'a crane')))
    addChunks(Array(9).fill('an egret'))
    const found = plain.chunks('heron egret', 10, null)
    const before = search.bytes
    expect(search.chunks('heron egret', 10, null)).toEqual(found)
    expect(found[0]?.key).toBe(2 * many + 1)
    expect(search.bytes - before).toBeLessThan(many)
    statements = 0
    search.chunks('ibis heron', 10, null)
    // One that comes past too many, one for the best of them, and one for who has the other word.
    expect(statements).toBe(3)
    expect(search.chunks('heron', 3, null).map(({ key }) => key)).toEqual([1, 3, 5])
  })
})
