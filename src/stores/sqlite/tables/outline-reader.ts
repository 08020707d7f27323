import type { DocumentOutline } from '../../../engine/ports/document-store.ts'
import type { Steps } from '../../../vectors/slices.ts'
import type { ChunkTable, OutlinedChunk } from './chunk-table.ts'
import { outlineOf } from './stored-outline.ts'

/** Takes 2 ms at most. */
const ROWS_AT_ONCE = 100

export interface OutlinePart {
  /** In UTF-16 units of the document's text; `to` is exclusive. */
  readonly from: number
  readonly to: number
  /** Headings, and pages, that are kept. */
  readonly most: number
}

/** Puts together where headings and pages of a document begin, from what its chunks tell. */
export class OutlineReader {
  readonly #part: OutlinePart
  readonly #headings: { level: number; title: string; start: number }[] = []
  readonly #pages: { page: number; start: number }[] = []
  #lastHeading = -1
  #truncated = false

  constructor(part: OutlinePart) {
    this.#part = part
  }

  get result(): DocumentOutline {
    return { headings: this.#headings, pages: this.#pages, truncated: this.#truncated }
  }

  /** @param document row id */
  *read(chunks: Pick<ChunkTable, 'outlinesAfter'>, document: number): Steps {
    const { from, to } = this.#part
    for (let ordinal: number | undefined = -1; ordinal !== undefined && !this.#truncated; ) {
      const page: OutlinedChunk[] = chunks.outlinesAfter(
        document,
        { ordinal, from, to },
        ROWS_AT_ONCE,
      )
      for (const chunk of page) this.#add(chunk)
      ordinal = page.length < ROWS_AT_ONCE ? undefined : page.at(-1)?.ordinal
      yield
    }
  }

  #add({ start, page, outline }: OutlinedChunk): void {
    this.#addPage(page, start)
    const inside = outlineOf(outline, [])
    for (const [at, number] of inside?.pages ?? []) this.#addPage(number, start + at)
    for (const [at, level, title] of inside?.headings ?? []) {
      this.#addHeading({ level, title, start: start + at })
    }
  }

  /** Chunks overlap: what begins in both is told once. */
  #addHeading(heading: { level: number; title: string; start: number }): void {
    if (heading.start <= this.#lastHeading || !this.#isInPart(heading.start)) return
    if (!this.#hasRoom(this.#headings)) return
    this.#lastHeading = heading.start
    this.#headings.push(heading)
  }

  #addPage(page: number | null, start: number): void {
    const last = this.#pages.at(-1)
    if (page === null || page === last?.page) return
    if (last !== undefined && (start <= last.start || !this.#isInPart(start))) return
    if (this.#hasRoom(this.#pages)) this.#pages.push({ page, start })
  }

  #isInPart(place: number): boolean {
    return place >= this.#part.from && place < this.#part.to
  }

  #hasRoom(list: readonly unknown[]): boolean {
    if (list.length < this.#part.most) return true
    this.#truncated = true
    return false
  }
}
