import type { Hit } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { TopHits } from '../../../vectors/kernel/top-hits.ts'
import { type Connection, LIMIT, type Value } from '../database/connection.ts'
import { PerGeneration } from '../database/per-generation.ts'
import { NO_CHUNK } from '../database/schema.ts'
import { type Generation, visible } from '../database/visibility.ts'
import {
  CHUNK_TEXTS,
  ENTITY_NAMES,
  type FullTextNames,
  RELATION_TEXTS,
} from '../tables/full-text-table.ts'
import { byCoverage } from './coverage.ts'
import { FrequentTerms } from './frequent-terms.ts'
import { allWordsQuery, fullTextTerms } from './full-text-query.ts'
import type { KeySet } from './key-set.ts'
import { addPostings, lengthOf, type Posting, PostingLists } from './posting-lists.ts'

/** Hits looked at beyond those that are wanted: further down some cover more of the question. */
const READ_AHEAD = 100
/** Longer questions, of which no passage says all, are not asked how much of them one covers. */
const MOST_COVERED = 24

/** Searches of the full-text indexes, of visible rows only. Any text is safe. */
export class FullTextSearch {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #frequent: Readonly<Record<FullTextNames['index'], FrequentTerms>>
  readonly #lists: Readonly<Record<ListedNames['index'], PostingLists>>

  readonly #spellings: PerGeneration<Map<string, string[]>>

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#spellings = new PerGeneration(generation, () => new Map())
    this.#generation = generation
    const frequent = ({ index }: FullTextNames) => new FrequentTerms(connection, generation, index)
    this.#frequent = {
      chunk_index: frequent(CHUNK_TEXTS),
      entity_index: frequent(ENTITY_NAMES),
      relation_index: frequent(RELATION_TEXTS),
    }
    this.#lists = {
      chunk_index: new PostingLists(generation),
      entity_index: new PostingLists(generation),
    }
  }

  /** What words that no text has may stand for, as far as it was asked; forgotten with each change. */
  get spellings(): Map<string, string[]> {
    return this.#spellings.now
  }

  /** Held in memory. */
  get bytes(): number {
    return Object.values(this.#lists).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** @param documents row ids of those that count; null for all */
  chunks(text: string, limit: number, documents: KeySet | null): Hit[] {
    const matches = this.#chunksAmongst(documents)
    const hits = this.#bestOfAny(matches, CHUNK_TEXTS, text, limit + READ_AHEAD)
    return this.#byCoverage(text, hits).slice(0, limit)
  }

  /** Whether a text or a name has this word, in whatever form; true of what is more than one word. */
  isKnown(word: string, documents: KeySet | null): boolean {
    const [term, ...more] = fullTextTerms(word)
    if (term === undefined || more.length > 0) return true
    const matches = this.#chunksAmongst(documents)
    if (documents === null && this.#generation.isWhole) {
      // The search that comes next needs the list too.
      const list = this.#lists.chunk_index.of(term, (some, most) =>
        this.#postings(matches, some, most),
      )
      if (list === null || lengthOf(list) > 0) return true
    } else if (this.#postings(matches, term, 1).length > 0) return true
    return documents === null && this.entitiesWithAll([word], 1).length > 0
  }

  /** Whether the index of chunks has this word, also of chunks that nobody sees. Fast. */
  isIndexed(word: string): boolean {
    const [term] = fullTextTerms(word)
    const sql = `SELECT 1 FROM chunk_index WHERE chunk_index MATCH ? LIMIT 1`
    return term !== undefined && this.#connection.get(sql, term) !== undefined
  }

  /** Entities whose name has some of the words. */
  entities(text: string, limit: number, keys: KeySet | null = null): Hit[] {
    return this.#bestOfAny(this.#entitiesAmongst(keys), ENTITY_NAMES, text, limit)
  }

  /** Entities whose name has all of the words. */
  entitiesWithAll(words: readonly string[], limit: number, keys: KeySet | null = null): Hit[] {
    return this.#best(this.#entitiesAmongst(keys), BEST, allWordsQuery(words), limit)
  }

  /** Chunks by the best of their relations. */
  relations(text: string, limit: number, documents: KeySet | null = null): Hit[] {
    // Materialised, because a score cannot be taken within a grouping.
    const matches = this.#visible(
      `WITH found AS MATERIALIZED (
         SELECT rowid AS id, ${score(RELATION_TEXTS)} AS score
         FROM relation_index WHERE relation_index MATCH ?
       )
       SELECT f.chunk AS key, max(found.score) AS score
       FROM found JOIN relation_fragments f ON f.id = found.id
         JOIN chunks c ON c.label = f.chunk
       WHERE f.chunk <> ${NO_CHUNK} AND ${visible('c')} AND ${amongst('c.document', documents)}
       GROUP BY f.chunk`,
      documents,
    )
    return this.#best(matches, BEST, this.#anyOf(text, RELATION_TEXTS), limit)
  }

  #chunksAmongst(documents: KeySet | null): Matches {
    if (documents === null && this.#generation.isWhole) return ALL_CHUNKS
    return this.#visible(
      `SELECT i.rowid AS key, ${score(CHUNK_TEXTS)} AS score
       FROM chunk_index i JOIN chunks r ON r.label = i.rowid
       WHERE chunk_index MATCH ? AND ${visible('r')} AND ${amongst('r.document', documents)}`,
      documents,
    )
  }

  #entitiesAmongst(keys: KeySet | null): Matches {
    return this.#visible(
      `SELECT i.rowid AS key, ${score(ENTITY_NAMES)} AS score
       FROM entity_index i JOIN entities r ON r.entity = i.rowid
       WHERE entity_index MATCH ? AND ${visible('r')} AND ${amongst('r.entity', keys)}`,
      keys,
    )
  }

  /** @param keys those that the statement restricts itself to */
  #visible(sql: string, keys: KeySet | null): Matches {
    const { current } = this.#generation
    const isScoped = keys !== null
    return { sql, values: [current, current, ...(isScoped ? [keys.json] : [])], isScoped }
  }

  /**
   * Of what has some of these words. To count the entries of a word that was never asked for costs as
   * much as to search it; where there are few matches of all words, none of them is frequent.
   */
  #bestOfAny(matches: Matches, names: ListedNames, text: string, limit: number): Hit[] {
    if (limit <= 0) return []
    const terms = fullTextTerms(text)
    const frequent = this.#frequent[names.index]
    const isWhole = !matches.isScoped && this.#generation.isWhole
    const listed = isWhole ? this.#sums(matches, names, terms) : null
    if (listed !== null) return best(listed, limit)
    const unknown = matches.isScoped ? null : frequent.unknown(terms)
    if (unknown !== null) {
      const found = this.#best(matches, LIMIT, unknown.terms.join(' OR '), unknown.few + 1)
      if (found.length <= unknown.few) {
        frequent.noteRare(unknown.terms)
        return found.sort((a, b) => b.score - a.score || a.key - b.key).slice(0, limit)
      }
    }
    return this.#best(matches, BEST, this.#anyOf(text, names), limit)
  }

  /** The scores of all that has some of these terms, by their lists; null when that is no way. */
  #sums(
    matches: Matches,
    { index }: ListedNames,
    terms: readonly string[],
  ): Map<Key, number> | null {
    const frequent = this.#frequent[index]
    const { terms: likely, half } = frequent.likely(terms)
    if (this.#lists[index].hasTooMany(likely)) return null
    const sums = new Map<Key, number>()
    let telling = 0
    for (const term of likely) {
      const list = this.#lists[index].of(term, (some, most) => this.#postings(matches, some, most))
      if (list === null) return null
      if (lengthOf(list) > half) {
        frequent.noteFrequent(term)
        continue
      }
      addPostings(list, sums)
      telling += 1
    }
    return telling > 0 || terms.length === 0 ? sums : null
  }

  /** What a word is worth is told by all documents, as it is to BM25. */
  #byCoverage(text: string, hits: Hit[]): Hit[] {
    const terms = fullTextTerms(text)
    if (hits.length < 2 || terms.length > MOST_COVERED) return hits
    const { terms: likely, half } = this.#frequent.chunk_index.likely(terms)
    const all = this.#chunksAmongst(null)
    const lists = likely.map((term) =>
      this.#lists.chunk_index.of(term, (some, most) => this.#postings(all, some, most)),
    )
    const telling = lists.filter((list) => list === null || lengthOf(list) <= half)
    return byCoverage(hits, telling, this.#frequent.chunk_index.entries)
  }

  #postings({ sql, values }: Matches, term: string, most: number): Posting[] {
    return this.#connection.rows<[key: Key, score: number]>(
      `${sql} ${LIMIT}`,
      term,
      ...values,
      most,
    )
  }

  /** The query for some of these words; null when there are none. */
  #anyOf(text: string, { index }: FullTextNames): string | null {
    const terms = this.#frequent[index].without(fullTextTerms(text))
    return terms.length === 0 ? null : terms.join(' OR ')
  }

  #best({ sql, values }: Matches, order: string, query: string | null, limit: number): Hit[] {
    if (query === null || limit <= 0) return []
    return this.#connection
      .rows<[key: Key, score: number]>(`${sql} ${order}`, query, ...values, limit)
      .map(([key, score]) => ({ key, score }))
  }
}

/** Those whose entries are what is found; a relation's are found by their chunks. */
type ListedNames = typeof CHUNK_TEXTS | typeof ENTITY_NAMES

/** A statement for all matches of a query, in any order and number. */
interface Matches {
  readonly sql: string
  /** What it takes besides the query. */
  readonly values: readonly Value[]
  /** Whether it leaves out some that are visible. */
  readonly isScoped: boolean
}

/** For when all are visible: to look that up would take a quarter of the search. */
const ALL_CHUNKS: Matches = {
  sql: `SELECT rowid AS key, ${score(CHUNK_TEXTS)} AS score FROM chunk_index WHERE chunk_index MATCH ?`,
  values: [],
  isScoped: false,
}
const BEST = `ORDER BY score DESC, key ${LIMIT}`

function best(scores: ReadonlyMap<Key, number>, limit: number): Hit[] {
  const top = new TopHits(limit)
  for (const [key, score] of scores) if (score >= top.threshold) top.offer(key, score)
  return top.sorted()
}

/** SQL condition that takes the keys as JSON, when there are some. */
function amongst(column: string, keys: KeySet | null): string {
  if (keys === null) return 'TRUE'
  return `${column} ${keys.only ? 'IN' : 'NOT IN'} (SELECT value FROM json_each(?))`
}

function score({ index, columns }: FullTextNames): string {
  return `-bm25(${index}, ${Object.values(columns).join(', ')})`
}
