import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** Whether a character is one that is asked for. */
export type Test = (character: string) => boolean

/** One step of the machine. `back` reads to the left, as within a lookbehind. */
export type Step =
  | { readonly kind: 'read'; readonly test: Test; readonly back: boolean }
  | { readonly kind: 'repeat'; readonly group: number; readonly back: boolean }
  | Fork
  | Jump
  | { readonly kind: 'mark'; readonly slot: number }
  | { readonly kind: 'moved'; readonly slot: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'inside' }
  | { readonly kind: 'look'; readonly program: readonly Step[]; readonly negate: boolean }
  | { readonly kind: 'done' }

/** Tries what stands at `first`, then what stands at `second`. */
interface Fork {
  readonly kind: 'fork'
  first: number
  second: number
}

interface Jump {
  readonly kind: 'jump'
  to: number
}

export interface CompiledExpression {
  readonly pattern: AST.Pattern
  readonly program: readonly Step[]
  /** What single characters are asked for, anywhere in the expression. */
  readonly tests: readonly Test[]
  /** Whether it can only match at the beginning of the text. */
  readonly isHeld: boolean
  /** Whether a part of it may be repeated many times. */
  readonly isLong: boolean
}

/** Repetitions of a part; with fewer it is as if the part were written out. */
const MANY = 8

export function compileExpression(source: string, flags: string): CompiledExpression {
  const mode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') }
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, mode)
  const compiler = new Compiler(flags.replace(/[gyd]/g, ''))
  const program = compiler.program(pattern.alternatives, false)
  const isHeld = !flags.includes('m') && pattern.alternatives.every(isHeldAlternative)
  const { tests, isLong } = compiler
  return { pattern, program, tests, isHeld, isLong }
}

function isHeldAlternative({ elements }: AST.Alternative): boolean {
  const [first] = elements
  if (first?.type === 'Assertion') return first.kind === 'start'
  if (first?.type !== 'Group' && first?.type !== 'CapturingGroup') return false
  return first.alternatives.every(isHeldAlternative)
}

class Compiler {
  readonly tests: Test[] = []
  isLong = false
  readonly #flags: string
  readonly #known = new Map<string, Test>()
  readonly #groups = new Map<AST.CapturingGroup, number>()
  /** Behind those of the groups. */
  #slots = 10_000

  constructor(flags: string) {
    this.#flags = flags
  }

  program(alternatives: readonly AST.Alternative[], back: boolean): Step[] {
    const steps: Step[] = []
    this.#either(alternatives, back, steps)
    steps.push({ kind: 'done' })
    return steps
  }

  #either(alternatives: readonly AST.Alternative[], back: boolean, steps: Step[]): void {
    const exits: Jump[] = []
    for (const [i, { elements }] of alternatives.entries()) {
      const isLast = i === alternatives.length - 1
      const fork: Fork = { kind: 'fork', first: steps.length + 1, second: 0 }
      if (!isLast) steps.push(fork)
      for (const element of back ? [...elements].reverse() : elements) {
        this.#element(element, back, steps)
      }
      if (isLast) break
      const exit: Jump = { kind: 'jump', to: 0 }
      exits.push(exit)
      steps.push(exit)
      fork.second = steps.length
    }
    for (const exit of exits) exit.to = steps.length
  }

  #element(element: AST.Element, back: boolean, steps: Step[]): void {
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        steps.push({ kind: 'read', test: this.#test(element.raw), back })
        return
      case 'Group':
        this.#either(element.alternatives, back, steps)
        return
      case 'CapturingGroup': {
        const group = this.#numberOf(element)
        steps.push({ kind: 'mark', slot: 2 * group })
        this.#either(element.alternatives, back, steps)
        steps.push({ kind: 'mark', slot: 2 * group + 1 })
        return
      }
      case 'Backreference': {
        const [group] = [element.resolved].flat()
        if (!group) throw new Error('A back reference to nothing.')
        steps.push({ kind: 'repeat', group: this.#numberOf(group), back })
        return
      }
      case 'Quantifier':
        this.#quantified(element, back, steps)
        return
      case 'Assertion':
        this.#assertion(element, steps)
    }
  }

  #assertion(element: AST.Assertion, steps: Step[]): void {
    if (element.kind === 'lookahead' || element.kind === 'lookbehind') {
      const program = this.program(element.alternatives, element.kind === 'lookbehind')
      steps.push({ kind: 'look', program, negate: element.negate })
    } else if (element.kind === 'word') {
      steps.push({ kind: 'edge', edge: element.negate ? 'inside' : 'word' })
    } else {
      steps.push({ kind: 'edge', edge: element.kind })
    }
  }

  #quantified({ min, max, greedy, element }: AST.Quantifier, back: boolean, steps: Step[]): void {
    for (let i = 0; i < min; i++) this.#element(element, back, steps)
    if (max > MANY) this.isLong = true
    const forks: Fork[] = []
    const fork = () => {
      const open: Fork = { kind: 'fork', first: 0, second: 0 }
      forks.push(open)
      steps.push(open)
      open[greedy ? 'first' : 'second'] = steps.length
    }
    if (max === Number.POSITIVE_INFINITY) {
      const start = steps.length
      const slot = this.#slots++
      fork()
      steps.push({ kind: 'mark', slot })
      this.#element(element, back, steps)
      steps.push({ kind: 'moved', slot }, { kind: 'jump', to: start })
    } else {
      for (let i = min; i < max; i++) {
        fork()
        this.#element(element, back, steps)
      }
    }
    for (const open of forks) open[greedy ? 'second' : 'first'] = steps.length
  }

  #numberOf(group: AST.CapturingGroup): number {
    const number = this.#groups.get(group) ?? this.#groups.size
    this.#groups.set(group, number)
    return number
  }

  /** What a class holds only the engine knows; each character is asked for once. */
  #test(raw: string): Test {
    const known = this.#known.get(raw)
    if (known) return known
    const expression = new RegExp(`^(?:${raw})$`, this.#flags)
    const answers = new Map<string, boolean>()
    const test = (character: string) => {
      const known = answers.get(character)
      if (known !== undefined) return known
      const answer = expression.test(character)
      answers.set(character, answer)
      return answer
    }
    this.#known.set(raw, test)
    this.tests.push(test)
    return test
  }
}
