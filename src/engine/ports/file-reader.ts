import type { Heading } from '../read/headings.ts'

/** Where a page begins in a text. */
export interface PageStart {
  /** From 1. */
  readonly page: number
  /** In UTF-16 units. */
  readonly start: number
}

/** A file that came with another one, as with a mail. */
export interface AttachedFile {
  /** A plain name, which no other of them has. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a file says. Offsets count in `text`, which is clean already. */
export interface ReadFile {
  readonly text: string
  /** In order; empty for a format without pages. A page without text is left out. */
  readonly pages: readonly PageStart[]
  /** In order. */
  readonly headings: readonly Heading[]
  /** Of a text that is not in UTF-8, as the Encoding Standard names it; told or found out. */
  readonly encoding?: string
  /** To be documents of their own. */
  readonly attachments?: readonly AttachedFile[]
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Told what each try took of the processor, in milliseconds, however it ended. A reader that works
   * within this process tells nothing.
   */
  readonly onCpu?: (ms: number) => void
}

/** What the engine needs to make text of uploaded files. */
export interface FileReader {
  /** With their dots, in lower case. */
  readonly extensions: readonly string[]

  /**
   * Whether a file whose name tells no format can be one that is read, by its first bytes (8 kB, or all
   * of a shorter one). Without it no such file is taken.
   */
  readonly recognizes?: (head: Uint8Array) => boolean

  /**
   * Reads one file. The same bytes give the same text, whenever they are read.
   *
   * @param path where the bytes are
   * @param fileName what the file was called; its extension tells the format
   * @throws {EngineError} `invalid_argument` with a sentence for whoever sent the file
   */
  read(path: string, fileName: string, options?: ReadOptions): Promise<ReadFile>
}

/** The page on which a position lies; null where there are no pages. */
export function pageAt(pages: readonly PageStart[], position: number): number | null {
  let from = 0
  let to = pages.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((pages[middle]?.start ?? Number.POSITIVE_INFINITY) <= position) from = middle + 1
    else to = middle
  }
  return pages[from - 1]?.page ?? null
}
