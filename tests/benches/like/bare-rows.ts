import Database from 'better-sqlite3'
import { indexableText } from '../../../src/stores/sqlite/database/indexable-text.ts'
import { openDatabase } from '../../../src/stores/sqlite/database/open-database.ts'

/** Tables that a commit writes, with the column that grows. */
const TABLES = {
  chunks: 'label',
  chunk_texts: 'chunk',
  chunk_vectors: 'label',
  entity_names: 'id',
  entity_fragments: 'id',
  relation_pairs: 'id',
  relation_fragments: 'id',
  entities: 'label',
  entity_vectors: 'label',
  relations: 'label',
  relation_vectors: 'label',
} as const
type Row = Readonly<Record<string, string | number | null | Uint8Array>>

/**
 * Copies the rows that a store has written since the last time into a database of the same schema: by
 * prepared statements, in one synced transaction, with nothing to look up or decide.
 */
export class BareRows {
  readonly #from: Database.Database
  readonly #to: Database.Database
  readonly #seen = new Map<string, number>()
  readonly #inserts = new Map<string, Database.Statement<unknown[]>>()

  /** @param to a folder */
  constructor(from: string, to: string) {
    this.#from = new Database(from, { readonly: true })
    this.#to = openDatabase(to)
  }

  /** Returns the milliseconds of processor time that the writing took. */
  copyNewRows(): number {
    const rows = Object.entries(TABLES).map(([table, key]) => {
      const after = this.#seen.get(table) ?? 0
      const sql = `SELECT * FROM ${table} WHERE ${key} > ? ORDER BY ${key}`
      const found = this.#from.prepare<[number], Row>(sql).all(after)
      this.#seen.set(table, Number(found.at(-1)?.[key] ?? after))
      return { table, found }
    })
    const all = new Map([...rows.map(({ table, found }) => [table, found] as const)])
    const texts = indexed(all, this.#titles())
    for (const [table, found] of [...all, ...texts]) this.#prepare(table, found[0])
    const began = process.cpuUsage()
    this.#to.transaction(() => {
      for (const [table, found] of [...all, ...texts]) {
        const insert = this.#inserts.get(table)
        for (const row of found) insert?.run(...Object.values(row))
      }
    })()
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1000
  }

  /** By chunk, as the store has them in its indexes. */
  #titles(): Map<unknown, string> {
    const sql = `SELECT c.label, d.file_path, t.headings FROM chunks c
      JOIN documents d ON d.seq = c.document JOIN chunk_texts t ON t.chunk = c.label`
    const titled = ({ label, file_path, headings }: Row): [unknown, string] => {
      return [label, [file_path, ...JSON.parse(String(headings))].join('\n')]
    }
    return new Map(this.#from.prepare<[], Row>(sql).all().map(titled))
  }

  close(): void {
    this.#from.close()
    this.#to.close()
  }

  #prepare(table: string, row: Row | undefined): void {
    if (row === undefined || this.#inserts.has(table)) return
    const columns = Object.keys(row)
    const places = columns.map(() => '?').join(', ')
    const names = columns.map((column) => `"${column}"`).join(', ')
    this.#inserts.set(table, this.#to.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`))
  }
}

/** What goes into the full-text indexes, which keep no texts to copy. */
function indexed(
  rows: ReadonlyMap<string, readonly Row[]>,
  titles: ReadonlyMap<unknown, string>,
): Map<string, Row[]> {
  const text = (value: unknown) => indexableText(String(value))
  const titleOf = (chunk: unknown) => text(titles.get(chunk) ?? '')
  const descriptions = new Set<string>()
  return new Map<string, Row[]>([
    [
      'chunk_index',
      (rows.get('chunk_texts') ?? []).map((row) => ({
        rowid: row.chunk ?? null,
        body: text(row.content),
        title: titleOf(row.chunk),
      })),
    ],
    [
      'entity_index',
      (rows.get('entity_names') ?? []).map((row) => ({
        rowid: row.id ?? null,
        name: text(row.name),
      })),
    ],
    [
      'relation_index',
      (rows.get('relation_fragments') ?? []).flatMap((row) => {
        // One entry for a sentence of a chunk, as the store has it.
        const key = `${row.chunk} ${row.description}`
        if (descriptions.has(key)) return []
        descriptions.add(key)
        return [
          { rowid: row.id ?? null, title: titleOf(row.chunk), description: text(row.description) },
        ]
      }),
    ],
  ])
}
