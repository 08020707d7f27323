import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { searchableText, withParts } from '../../../../src/engine/text/terms.ts'
import { indexableText, pairedText } from '../../../../src/stores/sqlite/database/indexable-text.ts'
import { MIGRATIONS } from '../../../../src/stores/sqlite/database/schema.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import {
  foldsAnew,
  FOLDED_FORMS as MIGRATION,
} from '../../../../src/stores/sqlite/tables/folded-forms.ts'
import { FOLDED_FORMS } from '../../folded-forms.ts'
import { EMBEDDING, entity, newChunk, newDocument, publish, said } from '../../samples.ts'
import { fillWithForms } from '../folded-workspace.ts'

const ASKED = Object.values(FOLDED_FORMS).flat()
const BEFORE = MIGRATIONS.indexOf(MIGRATION)
/** Indexes all texts, in whatever form they are indexed in. */
const ALL_TEXTS = 3

/** As texts were indexed before. */
const indexedBefore = (text: string) => pairedText(withParts(text.normalize('NFKC')))
/** As names were compared before. */
const keyedBefore = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/^the /, '')

describe('a workspace from before case was folded fully', () => {
  let dir: string
  let store: Store
  const open = async () => openSqliteStore({ dir, embedding: EMBEDDING })
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'folded-migration-'))
    store = await open()
  })
  afterEach(async () => {
    await store.close()
    await rm(dir, { recursive: true })
  })

  /** Closes the store and sets its database back to what the version before wrote. */
  async function setBack(also: (database: Database.Database) => void = () => undefined) {
    await store.close()
    const database = new Database(join(dir, 'rag.db'))
    database.function('indexable_text', (text) => indexedBefore(String(text)))
    database.function('keyed', (name) => keyedBefore(String(name)))
    database.exec(`${MIGRATIONS[ALL_TEXTS]};
      UPDATE entity_names SET name_key = keyed(name);
      DROP TABLE arriving;
      DROP INDEX chunk_texts_without_outline;
      ALTER TABLE chunk_texts DROP COLUMN outline;
      DROP INDEX documents_by_file_hash;
      ALTER TABLE documents DROP COLUMN size;
      ALTER TABLE documents DROP COLUMN file_hash;
      ALTER TABLE documents DROP COLUMN author_id;
      ALTER TABLE documents DROP COLUMN author_name;
      PRAGMA user_version = ${BEFORE}`)
    also(database)
    database.close()
  }

  /** How many chunks, relations and names of each kind are found by each form. */
  async function found() {
    const all: [asked: string, ...counts: number[]][] = []
    for (const asked of ASKED) {
      const lists = await Promise.all([
        store.searches.matchChunks(asked, 99),
        store.searches.matchRelations(asked, 99),
        store.searches.matchEntities(asked, 99),
        store.searches.entitiesWithWords([asked], 99),
      ])
      all.push([asked, ...lists.map(({ length }) => length)])
    }
    return all
  }

  /** All but their outlines, which are made once the workspace is open. */
  async function chunks() {
    const found = await store.searches.chunks([1, 2, 3, 4, 5, 6, 7, 8, 9])
    return found.map(({ outline: _, ...chunk }) => chunk)
  }

  it('finds all its texts and names by any form of their words, and keeps them as they were', async () => {
    await fillWithForms(store)
    const wanted = await found()
    const texts = await chunks()
    await setBack()
    store = await openAsBefore(dir)
    expect(await found()).not.toEqual(wanted)
    await setBack()
    store = await open()
    expect(await found()).toEqual(wanted)
    expect(await chunks()).toEqual(texts)
    const keys = ['strassenplan 0', 'warehouse 1', 'istanbul 4']
    const named = await store.searches.entitiesByNameKey(keys)
    expect(named.map(({ nameKey }) => nameKey).sort()).toEqual(keys.toSorted())
  })

  it('indexes anew only what is folded in another way', async () => {
    const names = ['Stra\u00dfe', 'Caf\u00e9', 'Mill']
    for (const name of names) {
      const relation = { target: 'Mill', keywords: '', description: `By ${name}.`, weight: 1 }
      const entities = [said(name), said('Mill')]
      const relations = [{ source: 'Vetch', ...relation }]
      const chunk = newChunk(name, { content: `At ${name}.`, entities, relations })
      await publish(store, newDocument(name, { filePath: `${names.indexOf(name)}.txt` }), [chunk], {
        entities: [entity(name)],
      })
    }
    await setBack((database) => {
      for (const index of ['chunk_index', 'relation_index', 'entity_index']) {
        const columns = database.prepare(`SELECT * FROM ${index}`).columns()
        const set = columns.map(({ name }) => `${name} = 'untouched'`).join(', ')
        database.exec(`UPDATE ${index} SET ${set}`)
      }
    })
    store = await open()
    const counts = async (word: string) => [
      (await store.searches.matchChunks(word, 9)).length,
      (await store.searches.matchRelations(word, 9)).length,
      (await store.searches.matchEntities(word, 9)).length,
    ]
    expect(await counts('strasse')).toEqual([1, 1, 1])
    expect(await counts('untouched')).toEqual([2, 2, 2])
  })

  it('has the names of its documents in the form in which they are looked up', async () => {
    for (const id of ['a', 'b', 'c']) await publish(store, newDocument(id), [newChunk(`${id}-0`)])
    await setBack((database) => {
      const set = database.prepare(
        'UPDATE documents SET file_path = ?, external_id = ?, tags = ? WHERE id = ?',
      )
      const decomposed = 'Pru\u0308f\u200bplan.md'
      set.run(decomposed, 'A\u0308-1', JSON.stringify(['gru\u0308n', 'plain']), 'a')
      set.run('Pr\u00fcfplan.md', '\u00c4-1', '[]', 'b')
      set.run('plain.md', 'plain', '["plain"]', 'c')
    })
    store = await open()
    const documents = await Promise.all(['a', 'b', 'c'].map((id) => store.documents.byId(id)))
    expect(
      documents.map((one) => [one?.filePath, one?.annotations.externalId, one?.annotations.tags]),
    ).toEqual([
      ['Pr\u00fcfplan.md', 'A\u0308-1', ['gr\u00fcn', 'plain']],
      ['Pr\u00fcfplan.md', '\u00c4-1', []],
      ['plain.md', 'plain', ['plain']],
    ])
  })

  it('is brought up to date in a thread when it is large, while others are answered', async () => {
    await fillWithForms(store)
    await setBack()
    expect(await threadsWhile(reopen)).toEqual([])
    await publish(store, newDocument('large', { text: 'words '.repeat(500_000) }), [])
    await setBack()
    expect(await threadsWhile(reopen)).toEqual([MIGRATIONS.length])
    expect(await store.searches.matchChunks('strassenplan', 99)).toHaveLength(5)
    await store.close()
    expect(await threadsWhile(reopen)).toEqual([])
  })

  async function reopen() {
    store = await open()
  }

  /** Which version the database had at the end of each thread that ended meanwhile. */
  async function threadsWhile(work: () => Promise<void>): Promise<number[]> {
    const versions: number[] = []
    const watch = (thread: Worker) => thread.once('exit', () => versions.push(version()))
    process.on('worker', watch)
    await work()
    process.off('worker', watch)
    return versions
  }

  function version(): number {
    const database = new Database(join(dir, 'rag.db'), { readonly: true })
    try {
      return Number(database.pragma('user_version', { simple: true }))
    } finally {
      database.close()
    }
  }
})

/** Opened without the migration, as if there was none. */
async function openAsBefore(dir: string): Promise<Store> {
  const database = new Database(join(dir, 'rag.db'))
  for (const later of MIGRATIONS.slice(BEFORE + 1)) database.exec(later)
  database.pragma(`user_version = ${MIGRATIONS.length}`)
  database.close()
  return openSqliteStore({ dir, embedding: EMBEDDING })
}

it('knows every letter that was indexed in another form', () => {
  const database = new Database(':memory:')
  const [, tokenize] = /(tokenize = "[^"]+")/.exec(MIGRATIONS.join()) ?? []
  database.exec(`CREATE VIRTUAL TABLE forms USING fts5(text, ${tokenize});
    CREATE VIRTUAL TABLE words USING fts5vocab(forms, 'instance')`)
  const insert = database.prepare('INSERT INTO forms (rowid, text) VALUES (?, ?)')
  const letters: string[] = []
  for (let code = 0x80; code < 0x110000; code += 1) {
    const word = `xq${String.fromCodePoint(code)}zv`.toWellFormed()
    if (searchableText(word) === withParts(word.normalize('NFKC'))) continue
    insert.run(2 * letters.length, indexedBefore(word))
    insert.run(2 * letters.length + 1, indexableText(word))
    letters.push(word)
  }
  const words = database.prepare<[], [row: number, words: string]>(
    `SELECT doc, group_concat(term || '@' || offset)
     FROM (SELECT * FROM words ORDER BY doc, offset, term) GROUP BY doc`,
  )
  const found = new Map(words.raw().all())
  database.close()
  const changed = letters.filter((_, i) => found.get(2 * i) !== found.get(2 * i + 1))
  expect(changed.length).toBeGreaterThan(4000)
  expect(changed.filter((word) => !foldsAnew(word))).toEqual([])
})
