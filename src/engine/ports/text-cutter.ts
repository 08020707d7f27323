import type { ChunkOutline } from '../read/chunk-outline.ts'
import type { TextChunk } from '../read/chunk-text.ts'
import type { ChunkingPlan } from '../read/chunking.ts'
import type { Heading } from '../read/headings.ts'
import type { PageStart } from './file-reader.ts'
import type { CallOptions } from './models.ts'

/** The text of a document, and all that decides how it is cut. */
export interface TextToCut {
  readonly text: string
  /** File name or source. */
  readonly filePath: string
  /** Of the file; a plan by Markdown finds them itself where there are none. */
  readonly headings: readonly Heading[]
  readonly pages: readonly PageStart[]
  readonly plan: ChunkingPlan
}

export interface CutText {
  /** In order. */
  readonly chunks: readonly TextChunk[]
  /** For each chunk the title of the document, and what else stands above it. */
  readonly above: readonly (readonly string[])[]
  /** For each chunk where its pages and sections begin. */
  readonly outlines: readonly ChunkOutline[]
}

/** Cuts texts into chunks and counts their tokens: the same text by the same plan in the same way. */
export interface TextCutter {
  /**
   * @throws {EngineError} `invalid_argument` with a sentence for whoever sent the text: it cannot be
   *   cut by this plan, or takes more than any text may
   */
  cut(text: TextToCut, options: CallOptions): Promise<CutText>
}

/**
 * In UTF-16 units. From here on the work on the text of a document is apart from the calling thread,
 * where there is another; below, all of it takes some 20 ms, and to start a thread ten times as long.
 */
const APART_FROM = 32_000

/** @param deaths processes that have ended by the work on this text; it is suspect, however short */
export function isApart(text: string, deaths: number): boolean {
  return text.length >= APART_FROM || deaths > 0
}
