import type { AnswerFormat, Extraction } from '../ports/models.ts'
import type { ParsedExtraction } from './parse-extraction.ts'

/** How a model is told to write what it found, and how that is read. */
export interface ExtractionFormat {
  /** Lines of the prompt that say how records are written. */
  readonly output: readonly string[]
  /** What stands for no records at all, as a phrase. */
  readonly nothing: string
  /** Last line of each request. */
  readonly closing: string
  /** What the model can be held to while it writes; null for free text. */
  readonly held: AnswerFormat | null
  /** Records as a model should write them, for the example. */
  write(extraction: Extraction): readonly string[]
  /** Of an answer that was cut off, the part that ends with a complete record. */
  untilCut(answer: string): string
  /** Reads an answer, however roughly it keeps to the format. */
  read(answer: string): ParsedExtraction
}
