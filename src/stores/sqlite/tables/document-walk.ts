import {
  DOC_STATUSES,
  type DocStatus,
  type DocumentCursor,
  type DocumentFacets,
  type ListDocuments,
} from '../../../engine/ports/document-record.ts'
import { inSlices, type Steps } from '../../../vectors/slices.ts'
import type { Connection, Value } from '../database/connection.ts'
import type { ArrivingDocuments } from './arriving-documents.ts'
import { extensionIn, type FilteredColumns, filterOf } from './document-filter.ts'

/** Rows read at a time: 2 ms at most. */
const ROWS_AT_ONCE = 200

type Order = Pick<ListDocuments, 'sortField' | 'sortDirection'>

interface WalkedRow {
  readonly seq: number
  readonly id: string
  readonly status: DocStatus
  readonly fields: FilteredColumns
  readonly authorName: string
  readonly sorted: string | number
}

type Columns = readonly [
  seq: number,
  id: string,
  status: DocStatus,
  filePath: string,
  externalId: string | null,
  summary: string,
  tags: string,
  attributes: string,
  authorId: string | null,
  authorName: string | null,
  sorted: string | number,
]

/** A walk along the documents that a list holds, in slices, whatever its filter looks at. */
export class DocumentWalk {
  readonly #connection: Connection
  readonly #where: string
  readonly #values: readonly Value[]
  readonly #admits: (fields: FilteredColumns) => boolean

  constructor(
    connection: Connection,
    arriving: ArrivingDocuments,
    { statuses, filter }: Pick<ListDocuments, 'statuses' | 'filter'>,
  ) {
    const { conditions, values, admits } = filterOf(filter ?? null)
    this.#connection = connection
    const status = statuses === null ? [] : ['+status IN (SELECT value FROM json_each(?))']
    this.#where = `${['TRUE', ...status, ...conditions].join(' AND ')}${arriving.excluded}`
    this.#values = [...(statuses === null ? [] : [JSON.stringify(statuses)]), ...values]
    this.#admits = admits
  }

  /** Row ids of one page in their order, and how many documents there are in all. */
  async page(query: ListDocuments): Promise<{ seqs: number[]; total: number }> {
    const { offset, limit, after } = query
    const seqs: number[] = []
    let total = 0
    let behind = 0
    const shown = this.#inOrder(query, after, 'behind', ({ seq }) => {
      if (behind >= offset && seqs.length < limit) seqs.push(seq)
      behind += 1
      total += 1
    })
    await inSlices(shown)
    if (after !== undefined) {
      await inSlices(
        this.#inOrder(query, after, 'upto', () => {
          total += 1
        }),
      )
    }
    return { seqs, total }
  }

  /** Ids of `limit` documents at most behind a row, in order of intake. */
  async ids(after: number, limit: number): Promise<{ ids: string[]; place: number }> {
    const ids: string[] = []
    let place = after
    const steps = this.#byIntake(after, ({ id, seq }) => {
      place = seq
      return ids.push(id) < limit
    })
    await inSlices(steps)
    return { ids, place }
  }

  async facets(most: number): Promise<DocumentFacets> {
    const statuses = Object.fromEntries(DOC_STATUSES.map((status) => [status, 0]))
    const counts = statuses as Record<DocStatus, number>
    const tags = new Map<string, number>()
    const extensions = new Map<string, number>()
    const authors = new Map<string, number>()
    const names = new Map<string, string>()
    let total = 0
    await inSlices(
      this.#byIntake(0, ({ status, fields, authorName }) => {
        total += 1
        counts[status] += 1
        for (const tag of JSON.parse(fields.tags) as string[]) add(tags, tag)
        add(extensions, extensionIn(fields.filePath))
        if (fields.authorId !== null) {
          add(authors, fields.authorId)
          names.set(fields.authorId, authorName)
        }
        return true
      }),
    )
    return {
      total,
      statuses: counts,
      tags: frequent(tags, most).map(([tag, n]) => ({ tag, n })),
      extensions: frequent(extensions, most).map(([extension, n]) => ({ extension, n })),
      authors: frequent(authors, most).map(([id, n]) => ({ id, name: names.get(id) ?? '', n })),
    }
  }

  /** @param take false ends the walk */
  *#byIntake(first: number, take: (row: WalkedRow) => boolean): Steps {
    const sql = this.#select('seq', 'seq > ?', 'seq')
    for (let after = first; ; ) {
      const rows = this.#connection.rows<Columns>(sql, ...this.#values, after)
      for (const row of rows.map(walkedRow)) {
        if (this.#admits(row.fields) && !take(row)) return
        after = row.seq
      }
      yield
      if (rows.length < ROWS_AT_ONCE) return
    }
  }

  /** @param side which documents: all behind the place, or those that come first up to it */
  *#inOrder(
    { sortField, sortDirection }: Order,
    place: DocumentCursor | undefined,
    side: 'behind' | 'upto',
    take: (row: WalkedRow) => void,
  ): Steps {
    const direction = sortDirection === 'asc' ? 'ASC' : 'DESC'
    const [behind, upto] = sortDirection === 'asc' ? ['>', '<='] : ['<', '>=']
    const order = sortField === 'id' ? '' : `${sortField} ${direction}, `
    const ordered = `${order}id ${direction}`
    const placed = `(${sortField}, id) ${side === 'behind' ? behind : upto} (?, ?)`
    const next = `(${sortField}, id) ${behind} (?, ?)`
    const bounds = place === undefined ? [] : [{ sql: placed, value: place }]
    for (let last: DocumentCursor | undefined; ; ) {
      // What lies behind the last row lies behind the place as well.
      const from = side === 'behind' && last !== undefined ? [] : bounds
      const all = last === undefined ? from : [...from, { sql: next, value: last }]
      const where = ['TRUE', ...all.map(({ sql }) => sql)].join(' AND ')
      const values = all.flatMap(({ value }) => [value.value, value.id])
      const sql = this.#select(sortField, where, ordered)
      const rows = this.#connection.rows<Columns>(sql, ...this.#values, ...values).map(walkedRow)
      for (const row of rows) if (this.#admits(row.fields)) take(row)
      yield
      const end = rows.at(-1)
      if (end === undefined || rows.length < ROWS_AT_ONCE) return
      last = { value: end.sorted, id: end.id }
    }
  }

  #select(sorted: string, where: string, order: string): string {
    return `SELECT seq, id, status, file_path, external_id, content_summary, tags, attributes,
        author_id, author_name, ${sorted}
      FROM documents WHERE ${this.#where} AND ${where} ORDER BY ${order} LIMIT ${ROWS_AT_ONCE}`
  }
}

function walkedRow([
  seq,
  id,
  status,
  filePath,
  externalId,
  summary,
  tags,
  attributes,
  authorId,
  authorName,
  sorted,
]: Columns): WalkedRow {
  const fields = { filePath, externalId, summary, tags, attributes, authorId }
  return { seq, id, status, fields, authorName: authorName ?? '', sorted }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** Most frequent first; equals in the order of their names. */
function frequent(counts: ReadonlyMap<string, number>, most: number): [string, number][] {
  const byCount = (a: [string, number], b: [string, number]) =>
    b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
  return [...counts].sort(byCount).slice(0, most)
}
