import type { AttachedFile, PageStart, ReadFile } from '../../engine/ports/file-reader.ts'
import { cleanText } from '../../engine/read/clean-text.ts'
import { type Heading, LONGEST_HEADING } from '../../engine/read/headings.ts'
import { UnreadableFile } from '../unreadable-file.ts'

/** Data may nest deeper; from here on each heading takes the place of the one before. */
const DEEPEST_HEADING = 10

/**
 * Puts a text together from pieces, each cleaned by itself, so that the offsets of pages and headings
 * hold in the cleaned whole.
 */
export class TextBuilder {
  readonly #maxLength: number
  readonly #parts: string[] = []
  readonly #pages: PageStart[] = []
  readonly #headings: Heading[] = []
  readonly #attachments: AttachedFile[] = []
  #length = 0
  #page: number | null = null
  #encoding: string | null = null
  #inLines = false

  /** @param maxLength in UTF-16 units */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** In UTF-16 units, what may still be added. */
  get room(): number {
    return this.#maxLength - this.#length
  }

  /** The file is a text in this encoding, which is not UTF-8. */
  encodedIn(encoding: string): void {
    this.#encoding = encoding
  }

  /** A file came with this one, which is to be a document of its own. */
  attach(file: AttachedFile): void {
    this.#attachments.push(file)
  }

  /** What follows stands on this page. */
  page(number: number): void {
    this.#page = number
  }

  heading(level: number, title: string): void {
    const start = this.#add(title, '\n\n')
    const text = cleanText(title).replace(/\s+/g, ' ')
    if (start !== null) this.mark(level, text, start)
  }

  /**
   * A heading whose words stand in the text already. Headings must come in order; what is longer than
   * a heading is none.
   */
  mark(level: number, title: string, start: number): void {
    if (title === '' || title.length > LONGEST_HEADING) return
    this.#headings.push({ level: Math.min(level, DEEPEST_HEADING), title, start })
  }

  /** Returns where it begins; null when nothing of it is left. So does `line`. */
  paragraph(text: string): number | null {
    return this.#add(text, '\n\n')
  }

  /** A line of its own, close to other lines before it; `indent` is white space. */
  line(text: string, indent = ''): number | null {
    const start = this.#add(text, (this.#inLines ? '\n' : '\n\n') + indent)
    if (start !== null) this.#inLines = true
    return start
  }

  /** @throws {UnreadableFile} when it has grown too long */
  #add(text: string, separator: string): number | null {
    const cleaned = cleanText(text)
    if (cleaned === '') return null
    if (this.#length > 0) this.#push(separator)
    const start = this.#length
    this.#push(cleaned)
    if (this.#length > this.#maxLength) {
      throw new UnreadableFile(`The file holds more than ${this.#maxLength} characters of text.`)
    }
    if (this.#page !== null) this.#pages.push({ page: this.#page, start })
    this.#page = null
    this.#inLines = false
    return start
  }

  #push(text: string): void {
    this.#parts.push(text)
    this.#length += text.length
  }

  build(): ReadFile {
    return {
      text: this.#parts.join(''),
      pages: this.#pages,
      headings: this.#headings,
      ...(this.#encoding === null ? {} : { encoding: this.#encoding }),
      ...(this.#attachments.length === 0 ? {} : { attachments: this.#attachments }),
    }
  }
}
