import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { Generation, NEVER } from '../../../../src/stores/sqlite/database/visibility.ts'
import { FrequentTerms } from '../../../../src/stores/sqlite/search/frequent-terms.ts'
import { FullTextSearch } from '../../../../src/stores/sqlite/search/full-text-search.ts'
import { CHUNK_TEXTS, FullTextTable } from '../../../../src/stores/sqlite/tables/full-text-table.ts'

const MANY = 600

describe('the terms of nearly every text', () => {
  let dir: string
  let connection: Connection
  let generation: Generation
  let terms: FrequentTerms
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'frequent-terms-'))
    connection = new Connection(openDatabase(dir))
    generation = new Generation(0)
    terms = new FrequentTerms(connection, generation, 'chunk_index')
  })
  afterEach(async () => {
    connection.close()
    await rm(dir, { recursive: true })
  })

  const index = (count: number, textOf: (at: number) => string) => {
    const table = new FullTextTable(connection, CHUNK_TEXTS)
    generation.current++
    connection.durably(() => {
      for (let at = 0; at < count; at++) {
        const label = connection.insert(
          `INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end")
           VALUES ('', 1, 0, 0, ${NEVER}, 0, 0, 0)`,
        )
        table.insert(label, [textOf(at), ''])
      }
    })
  }
  const words = ['"report"', '"heron"']

  it('are left out', () => {
    index(MANY, (at) => (at % 10 === 0 ? 'reports of a heron' : 'a report'))
    expect(terms.without(words)).toEqual(['"heron"'])
  })

  it('are half of them at least', () => {
    index(MANY, (at) => (at % 2 === 0 ? 'a report' : 'a heron'))
    expect(terms.without(words)).toEqual(words)
  })

  it('stay when there are no others', () => {
    index(MANY, () => 'report of a heron')
    expect(terms.without(words)).toEqual(words)
    expect(terms.without(['"report"'])).toEqual(['"report"'])
  })

  it('stay where there are few texts', () => {
    index(MANY / 2, (at) => (at % 10 === 0 ? 'reports of a heron' : 'a report'))
    expect(terms.without(words)).toEqual(words)
  })

  it('are counted anew when much has come', () => {
    index(MANY, () => 'a report')
    expect(terms.without(words)).toEqual(['"heron"'])
    index(2 * MANY, () => 'a heron')
    expect(terms.without(words)).toEqual(['"report"'])
  })

  it('need not be counted where few texts have any of the words', () => {
    index(MANY, (at) => (at % 10 === 0 ? 'one heron' : at % 7 === 0 ? 'one crane' : 'a report'))
    const all = ['"heron"', '"crane"']
    expect(terms.unknown(all)).toEqual({ terms: all, few: MANY / 2 })
    const search = new FullTextSearch(connection, generation)
    const first = search.chunks('heron crane', 30, null)
    expect(first).toHaveLength(30)
    const again = search.chunks('heron crane', 30, null)
    expect(first).toEqual(again)
    terms.noteRare(all)
    expect(terms.unknown(all)).toBeNull()
    expect(terms.without(all)).toEqual(all)
  })

  it('are known as such after a search that came past them', () => {
    index(MANY, (at) => (at % 10 === 0 ? 'reports of a heron' : 'a report'))
    const search = new FullTextSearch(connection, generation)
    const found = MANY / 10
    expect(search.chunks('heron report', MANY, null)).toHaveLength(found)
    expect(search.chunks('heron report', MANY, null)).toHaveLength(found)
    expect(terms.without(words)).toEqual(['"heron"'])
    expect(terms.unknown(words)).toBeNull()
    expect(terms.unknown([...words, '"crane"'])?.terms).toEqual(['"heron"', '"crane"'])
  })

  it('change no score', () => {
    index(MANY, (at) => `report ${at % 20 === 0 ? 'heron' : 'crane'} ${'more '.repeat(at % 7)}`)
    const search = new FullTextSearch(connection, generation)
    const alone = search.chunks('heron', MANY, null)
    const both = connection.all<{ key: number; score: number }>(
      `SELECT rowid AS key, -bm25(chunk_index, 1, 1) AS score FROM chunk_index
       WHERE chunk_index MATCH '"report" OR "heron"' ORDER BY score DESC, rowid LIMIT ?`,
      alone.length,
    )
    expect(alone).toHaveLength(MANY / 20)
    expect(both.map(({ key }) => key)).toEqual(alone.map(({ key }) => key))
    for (const [at, { score }] of both.entries()) expect(alone[at]?.score).toBeCloseTo(score, 4)
    expect(search.chunks('heron report', MANY, null)).toEqual(alone)
  })
})
