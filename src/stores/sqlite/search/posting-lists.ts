import { LRUCache } from 'lru-cache'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { PerGeneration } from '../database/per-generation.ts'
import type { Generation } from '../database/visibility.ts'

/** Of all lists of one index, in bytes. */
const MOST_BYTES = 4 * 1024 * 1024
/** What a list takes besides its postings, and one of these. */
const LIST_BYTES = 160
const POSTING_BYTES = 16
/** A term that more entries have is not worth a list. */
const MOST_POSTINGS = 2000

/** An entry that has a term, and what the term adds to its score. */
export type Posting = readonly [key: Key, score: number]

/** The entries that have a term: keys and scores in turn, which take a quarter of what pairs take. */
export type PostingList = readonly number[]

/**
 * The entries of a full-text index that have a term, for terms that were asked for lately. BM25 is a
 * sum over the terms of a query, so the lists of all its terms are the same as a search for it.
 *
 * Forgotten with every change of what is visible.
 */
export class PostingLists {
  readonly #lists: PerGeneration<ReturnType<typeof noLists>>

  constructor(generation: Generation) {
    this.#lists = new PerGeneration(generation, noLists)
  }

  get bytes(): number {
    return this.#lists.held?.calculatedSize ?? 0
  }

  /** Whether it is known of one of these that too many entries have it. */
  hasTooMany(terms: readonly string[]): boolean {
    return terms.some((term) => this.#lists.now.peek(term) === 'too many')
  }

  /**
   * Null when too many entries have the term.
   *
   * @param read finds entries that have a term, no more than a number
   */
  of(term: string, read: (term: string, most: number) => readonly Posting[]): PostingList | null {
    const lists = this.#lists.now
    const known = lists.get(term)
    const list = known ?? listOf(read(term, MOST_POSTINGS + 1))
    if (known === undefined) lists.set(term, list)
    return list === 'too many' ? null : list
  }
}

function noLists() {
  return new LRUCache<string, PostingList | 'too many'>({
    maxSize: MOST_BYTES,
    sizeCalculation: (list, term) => LIST_BYTES + 2 * term.length + POSTING_BYTES * lengthOf(list),
  })
}

/** How many postings a list has. */
export function lengthOf(list: PostingList | 'too many'): number {
  return list === 'too many' ? 0 : list.length / 2
}

/** Adds what a term adds. */
export function addPostings(list: PostingList, sums: Map<Key, number>): void {
  for (let at = 0; at < list.length; at += 2) {
    const key = list[at] ?? 0
    sums.set(key, (sums.get(key) ?? 0) + (list[at + 1] ?? 0))
  }
}

function listOf(postings: readonly Posting[]): PostingList | 'too many' {
  if (postings.length > MOST_POSTINGS) return 'too many'
  const list: number[] = []
  for (const [key, score] of postings) list.push(key, score)
  return list
}
