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
