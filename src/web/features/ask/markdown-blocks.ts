/** A stretch of Markdown that stands for itself. */
export interface Block {
  /** The same for as long as the block is there. */
  readonly id: string
  readonly text: string
  /** Whether nothing that follows changes it. */
  readonly isClosed: boolean
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/

/**
 * Cuts Markdown that is still being written into blocks, so that each is made into a page once. What is
 * added costs what it is long, not what all is long.
 */
export class MarkdownBlocks {
  readonly #closed: Block[] = []
  #open = ''
  /** The line that is being written, which may still become anything. */
  #line = ''
  #fence: string | undefined

  add(text: string): void {
    const lines = text.split('\n')
    const rest = lines.pop() ?? ''
    for (const line of lines) {
      this.#endLine(this.#line + line)
      this.#line = ''
    }
    this.#line += rest
  }

  /** All blocks, the one that is being written at the end. */
  blocks(): Block[] {
    const open = this.#open + this.#line
    return open === ''
      ? [...this.#closed]
      : [...this.#closed, { id: this.#nextId(), text: open, isClosed: false }]
  }

  #endLine(line: string): void {
    const fence = FENCE.exec(line)?.[1]
    if (this.#fence === undefined) {
      if (fence !== undefined) this.#fence = fence[0]?.repeat(fence.length)
    } else if (fence?.startsWith(this.#fence) === true && line.trim() === fence) {
      this.#fence = undefined
      this.#open += `${line}\n`
      this.#close()
      return
    }
    this.#open += `${line}\n`
    // A list or a quotation goes on behind an empty line only when it is indented, which ends no meaning.
    if (this.#fence === undefined && line.trim() === '') this.#close()
  }

  #nextId(): string {
    return `block ${this.#closed.length + 1}`
  }

  #close(): void {
    if (this.#open.trim() !== '')
      this.#closed.push({ id: this.#nextId(), text: this.#open, isClosed: true })
    this.#open = ''
  }
}
