import type { PageStart } from '../ports/file-reader.ts'
import { isTableHead } from '../text/table-heads.ts'
import type { Heading } from './headings.ts'

/** Where in a chunk its pages and sections begin. Offsets count from its start, in UTF-16 units. */
export interface ChunkOutline {
  /** Pages that begin within the chunk. */
  readonly pages: readonly (readonly [at: number, page: number])[]
  /** Headings that begin within the chunk. */
  readonly headings: readonly (readonly [at: number, level: number, title: string])[]
  /** What stands above its start, outermost first; the title of the document has level 0. */
  readonly above: readonly (readonly [level: number, title: string])[]
}

/** A range in the text of a document, in UTF-16 units. */
interface Span {
  readonly start: number
  readonly end: number
}

export const NO_OUTLINE: ChunkOutline = { pages: [], headings: [], above: [] }

/** Of a chunk within which nothing begins, or of which nothing else is known than its headings. */
export function plainOutline(headings: readonly string[]): ChunkOutline {
  const titles = headings.filter((heading) => !isTableHead(heading))
  return { ...NO_OUTLINE, above: titles.map((title, level) => [level, title]) }
}

/**
 * The outlines of chunks.
 *
 * @param chunks in the order of their starts
 * @param title of the document
 */
export function chunkOutlines(
  chunks: readonly Span[],
  pages: readonly PageStart[],
  headings: readonly Heading[],
  title: string | null,
): ChunkOutline[] {
  const root = title === null ? [] : [[0, title] as const]
  const path: Heading[] = []
  let next = 0
  let nextPage = 0
  return chunks.map(({ start, end }) => {
    for (let heading = headings[next]; heading && heading.start < start; heading = headings[next]) {
      enter(path, heading)
      next += 1
    }
    while ((pages[nextPage]?.start ?? Number.POSITIVE_INFINITY) <= start) nextPage += 1
    return {
      above: [...root, ...path.map(({ level, title }) => [level, title] as const)],
      headings: within(headings, next, end).map(
        (heading) => [heading.start - start, heading.level, heading.title] as const,
      ),
      pages: within(pages, nextPage, end).map((page) => [page.start - start, page.page] as const),
    }
  })
}

/** The titles above a place in a chunk, outermost first, none twice. */
export function headingsAt({ above, headings }: ChunkOutline, at: number): string[] {
  const path: { level: number; title: string }[] = above.map(([level, title]) => ({ level, title }))
  for (const [start, level, title] of headings) {
    if (start > at) break
    enter(path, { level, title })
  }
  return [...new Set(path.map(({ title }) => title))]
}

/** The page of a place in a chunk. @param first that of the chunk's start; null where there are none */
export function pageWithin(
  { pages }: ChunkOutline,
  first: number | null,
  at: number,
): number | null {
  let page = first
  for (const [start, number] of pages) {
    if (start > at) break
    page = number
  }
  return page
}

function enter<H extends { readonly level: number }>(path: H[], heading: H): void {
  while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop()
  path.push(heading)
}

function within<T extends { readonly start: number }>(
  sorted: readonly T[],
  from: number,
  end: number,
): T[] {
  const found: T[] = []
  for (let at = from; at < sorted.length; at += 1) {
    const one = sorted[at]
    if (one === undefined || one.start >= end) break
    found.push(one)
  }
  return found
}
