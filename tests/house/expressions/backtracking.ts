import { type CompiledExpression, compileExpression, type Step } from './compile-expression.ts'

/** What a path has noted; paths share what they have in common. */
type Notes = { readonly slot: number; readonly at: number; readonly before: Notes } | null

interface Path {
  readonly next: number
  readonly at: number
  readonly notes: Notes
}

type Checked = Exclude<Step, { kind: 'done' | 'jump' | 'mark' | 'fork' }>

/**
 * Matches as engines with backtracking do, and counts the steps that it takes: so growth is measured
 * without a clock.
 */
export class Backtracking {
  readonly expression: CompiledExpression
  readonly #isUnicode: boolean
  readonly #isMultiline: boolean
  readonly #isSticky: boolean
  #left = 0
  #text: readonly string[] = []

  constructor(source: string, flags: string) {
    this.expression = compileExpression(source, flags)
    this.#isUnicode = /[uv]/.test(flags)
    this.#isMultiline = flags.includes('m')
    this.#isSticky = flags.includes('y')
  }

  /** Steps taken to find all matches in a text, one behind the other; `most` when it takes more. */
  steps(text: string, most: number): number {
    const { program, isHeld } = this.expression
    this.#text = this.#isUnicode ? Array.from(text) : text.split('')
    this.#left = most
    let at = 0
    while (at <= this.#text.length && this.#left > 0) {
      const end = this.#run(program, at)
      if (isHeld || (end === null && this.#isSticky)) break
      at = end === null || end === at ? at + 1 : end
    }
    return most - Math.max(0, this.#left)
  }

  /** Where a match that begins at a place ends; null when none does. */
  #run(program: readonly Step[], from: number): number | null {
    const paths: Path[] = [{ next: 0, at: from, notes: null }]
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const end = this.#follow(program, path, paths)
      if (end !== null || this.#left <= 0) return end
    }
    return null
  }

  /** Goes on until the path ends, and leaves the other ways to `paths`. */
  #follow(program: readonly Step[], path: Path, paths: Path[]): number | null {
    let { next, at, notes } = path
    while (--this.#left > 0) {
      const step = program[next]
      if (step === undefined) return at
      next++
      switch (step.kind) {
        case 'done':
          return at
        case 'jump':
          next = step.to
          break
        case 'mark':
          notes = { slot: step.slot, at, before: notes }
          break
        case 'fork':
          paths.push({ next: step.second, at, notes })
          next = step.first
          break
        default: {
          const to = this.#pass(step, at, notes)
          if (to === null) return null
          at = to
        }
      }
    }
    return null
  }

  #pass(step: Checked, at: number, notes: Notes): number | null {
    switch (step.kind) {
      case 'read': {
        const character = this.#text[step.back ? at - 1 : at]
        if (character === undefined || !step.test(character)) return null
        return step.back ? at - 1 : at + 1
      }
      case 'repeat':
        return this.#repeat(step.group, step.back, at, notes)
      case 'moved':
        return noted(notes, step.slot) === at ? null : at
      case 'edge':
        return this.#isAt(step.edge, at) ? at : null
      case 'look':
        return (this.#run(step.program, at) === null) === step.negate ? at : null
    }
  }

  #repeat(group: number, back: boolean, at: number, notes: Notes): number | null {
    const from = noted(notes, 2 * group)
    const to = noted(notes, 2 * group + 1)
    if (from === null || to === null) return at
    const said = this.#text.slice(Math.min(from, to), Math.max(from, to))
    const start = back ? at - said.length : at
    this.#left -= said.length
    if (!said.every((character, i) => this.#text[start + i] === character)) return null
    return back ? start : at + said.length
  }

  #isAt(edge: 'start' | 'end' | 'word' | 'inside', at: number): boolean {
    const before = this.#text[at - 1]
    const after = this.#text[at]
    if (edge === 'start') return before === undefined || (this.#isMultiline && endsLine(before))
    if (edge === 'end') return after === undefined || (this.#isMultiline && endsLine(after))
    return (isWord(before) !== isWord(after)) === (edge === 'word')
  }
}

function noted(notes: Notes, slot: number): number | null {
  let note = notes
  while (note !== null && note.slot !== slot) note = note.before
  return note?.at ?? null
}

const isWord = (character: string | undefined) => character !== undefined && /\w/.test(character)
const endsLine = (character: string) => /[\n\r\u2028\u2029]/.test(character)
