import type { Check } from './check.ts'

/** Where the demo prints: `process.stdout`, or anything that takes text. */
export interface DemoOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
}

const FALLBACK_WIDTH = 80
const WIDEST = 140
const BAR_LENGTH = 32

/** Prints headings, checks and a progress bar; colours and redraws on a terminal alone. */
export class Screen {
  readonly width: number
  readonly #out: DemoOutput
  readonly #coloured: boolean
  #quarter = -1

  constructor(out: DemoOutput) {
    this.#out = out
    this.width = Math.min((out.isTTY && out.columns) || FALLBACK_WIDTH, WIDEST)
    this.#coloured = out.isTTY === true && (out.hasColors?.() ?? false)
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`)
  }

  heading(text: string): void {
    this.line()
    this.line(this.bold(text))
  }

  bold(text: string): string {
    return this.#coloured ? `\u001b[1m${text}\u001b[22m` : text
  }

  check({ title, holds, found }: Check): void {
    const mark = holds ? '✓' : '✗'
    const colour = holds ? 32 : 31
    const shown = this.#coloured ? `\u001b[${colour}m${mark}\u001b[39m` : mark
    this.line(`  ${shown} ${title}${holds ? '' : `: ${found}`}`)
  }

  /** Redraws one bar on a terminal; elsewhere prints a line for each quarter of the work. */
  progress(label: string, done: number, total: number): void {
    const filled = Math.round((done / total) * BAR_LENGTH)
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_LENGTH - filled)
    const text = `  ${bar} ${done}/${total} ${label}`
    if (this.#out.isTTY) {
      this.#out.write(`\r${text}${done === total ? '\n' : ''}`)
      return
    }
    const quarter = Math.floor((done / total) * 4)
    if (quarter !== this.#quarter) this.line(text)
    this.#quarter = quarter
  }
}

/**
 * Breaks a text into lines of at most `width` characters, between words where it can.
 * Line breaks of the text stay.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (let word of line.split(/\s+/).filter(Boolean)) {
    if (current && current.length + 1 + word.length > width) {
      lines.push(current)
      current = ''
    }
    while (word.length > width) {
      lines.push(word.slice(0, width))
      word = word.slice(width)
    }
    current = current ? `${current} ${word}` : word
  }
  return [...lines, current]
}

/**
 * Sets two texts in columns next to each other.
 *
 * @param width of both columns, the rule between them and the indent, in characters
 */
export function sideBySide(left: string, right: string, width: number): string[] {
  const column = Math.floor((width - 5) / 2)
  const a = wrap(left, column)
  const b = wrap(right, column)
  return Array.from({ length: Math.max(a.length, b.length) }, (_, row) =>
    `  ${(a[row] ?? '').padEnd(column)} │ ${b[row] ?? ''}`.trimEnd(),
  )
}
