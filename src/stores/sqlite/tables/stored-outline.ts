import { type ChunkOutline, plainOutline } from '../../../engine/read/chunk-outline.ts'

type Stored = readonly [
  pages: ChunkOutline['pages'],
  headings: ChunkOutline['headings'],
  above: ChunkOutline['above'],
]

/** Of a chunk within which nothing begins: what stands above it is in its headings already. */
const PLAIN = ''

/** As a chunk's row keeps it. Null only stands in rows of earlier versions: it is still to be made. */
export function storedOutline(outline: ChunkOutline | null): string {
  if (outline === null) return PLAIN
  const { pages, headings, above } = outline
  if (pages.length + headings.length === 0) return PLAIN
  return JSON.stringify([pages, headings, above] satisfies Stored)
}

/** @param headings of the chunk */
export function outlineOf(stored: string | null, headings: readonly string[]): ChunkOutline | null {
  if (stored === null) return null
  if (stored === PLAIN) return plainOutline(headings)
  const [pages, inside, above] = JSON.parse(stored) as Stored
  return { pages, headings: inside, above }
}
