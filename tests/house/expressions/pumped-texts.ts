import type { AST } from '@eslint-community/regexpp'
import type { CompiledExpression, Test } from './compile-expression.ts'

/** A text that grows by repeating its middle. */
export interface Pumped {
  readonly before: string
  readonly pump: string
  readonly after: string
}

/** The text with about so many characters. */
export function grown({ before, pump, after }: Pumped, length: number): string {
  return before + pump.repeat(Math.ceil(length / pump.length)) + after
}

/** Characters of every kind that expressions tell apart. */
const SAMPLE = Array.from(
  `\u0000\t\n\r !"#$%&'()*+,-./0159:;<=>?@AEFNQTXZ[\\]^_\`aceflmnostuvxz{|}~` +
    '\u0085\u00a0\u00ab\u00ad\u00bb\u00df\u00e9\u0130\u01c5\u02b0\u0301\u0399\u03c3\u0416\u05d0\u0640\u0660' +
    '\u0e01\u0e31\u1100\u200b\u200d\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u202e\u2028\u3000\u3001\u3002' +
    '\u300c\u300d\u3042\u30a2\u30fc\u3105\u4e00\uac00\ufe0f\ufeff\uff08\uff09\uff0c\uff10\uff1a\uff21\uff5a' +
    '\u{1d400}\u{1f469}\u{20000}',
).concat('\ud800', '\udc00', '\ufffe')

/** More words than these are told apart by no expression that is read in reasonable time. */
const MOST_WANTED = 14
const FEW_WANTED = 7

/**
 * Texts on which an expression may take long: words repeated after what leads to one of its repeated
 * parts, and before what may let a match fail. Words are the characters that it tells from others,
 * two or three of them, and what its parts match.
 */
export function* pumpedTexts({ pattern, tests }: CompiledExpression): Generator<Pumped> {
  const isWanted = (character: string) => tests.some((test) => test(character))
  const alphabet = charactersOf(pattern, tests)
  const wanted = alphabet.filter(isWanted)
  const stranger = alphabet.find((character) => !isWanted(character)) ?? ''
  const { befores, bodies } = partsOf(pattern, new Samples(alphabet))
  const ends = [...new Set(['', stranger, '\n'])]
  for (const pump of new Set([...wanted, ...bodies])) {
    for (const before of new Set([...befores, stranger])) {
      for (const after of new Set([...ends, ...wanted])) yield { before, pump, after }
    }
  }
  for (const pump of wordsOf(wanted.slice(0, MOST_WANTED), 2)) {
    for (const before of befores) for (const after of ends) yield { before, pump, after }
  }
  for (const pump of wordsOf(wanted.slice(0, FEW_WANTED), 3)) yield { before: '', pump, after: '' }
}

function wordsOf(characters: readonly string[], length: number): string[] {
  if (length === 0) return ['']
  return wordsOf(characters, length - 1).flatMap((word) => characters.map((one) => word + one))
}

/** One character of each set that the expression tells apart. */
function charactersOf(pattern: AST.Pattern, tests: readonly Test[]): string[] {
  const known = new Map<string, string>()
  for (const character of [...Array.from(pattern.raw), ...SAMPLE]) {
    const answers = tests.map((test) => (test(character) ? 1 : 0)).join('')
    if (!known.has(answers)) known.set(answers, character)
  }
  return [...known.values()]
}

/** What matches a part of an expression, with as few or as many repetitions as told. */
class Samples {
  readonly #alphabet: readonly string[]

  constructor(alphabet: readonly string[]) {
    this.#alphabet = alphabet
  }

  either(alternatives: readonly AST.Alternative[], which: number, more: number): string {
    const chosen = alternatives[which % alternatives.length]
    return this.row(chosen?.elements ?? [], which, more)
  }

  row(elements: readonly AST.Element[], which: number, more: number): string {
    return elements.map((element) => this.of(element, which, more)).join('')
  }

  of(element: AST.Element, which: number, more: number): string {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.either(element.alternatives, which, more)
      case 'Quantifier':
        return this.of(element.element, which, more).repeat(
          Math.min(element.max, Math.max(element.min, more)),
        )
      case 'Assertion':
      case 'Backreference':
        return ''
      case 'Character':
        return String.fromCodePoint(element.value)
      default: {
        const fits = this.#fitting(element.raw)
        return fits[which % fits.length] ?? ''
      }
    }
  }

  readonly #known = new Map<string, string[]>()

  #fitting(raw: string): string[] {
    const known = this.#known.get(raw)
    if (known) return known
    const fits = this.#alphabet.filter((character) => matches(raw, character))
    this.#known.set(raw, fits)
    return fits
  }
}

function matches(raw: string, character: string): boolean {
  for (const flags of ['v', 'u', '']) {
    try {
      return new RegExp(`^${raw}$`, flags).test(character)
    } catch {
      // Not of this mode.
    }
  }
  return false
}

/** What leads to each repeated part of an expression, and what the part and the whole match. */
class Parts {
  readonly befores = new Set([''])
  readonly bodies = new Set<string>()
  readonly #samples: Samples

  constructor(samples: Samples) {
    this.#samples = samples
  }

  whole(elements: readonly AST.Element[]): void {
    this.#row(elements, '')
    for (const which of [0, 1]) {
      const text = this.#samples.row(elements, which, 1)
      this.bodies.add(text)
      // All but the end: a match that fails late.
      this.bodies.add(text.slice(0, -1))
      this.bodies.add(this.#samples.row(elements.slice(0, 1), which, 1))
    }
    this.bodies.delete('')
  }

  #row(elements: readonly AST.Element[], before: string): void {
    for (const [i, element] of elements.entries()) {
      const led = before + this.#samples.row(elements.slice(0, i), 0, 0)
      if (element.type === 'Quantifier' && element.max > 8) this.#repeated(element.element, led)
      const inner = element.type === 'Quantifier' ? element.element : element
      if (!('alternatives' in inner)) continue
      for (const { elements: within } of inner.alternatives) this.#row(within, led)
    }
  }

  #repeated(element: AST.Element, led: string): void {
    this.befores.add(led)
    for (const which of [0, 1, 2]) {
      for (const more of [0, 1, 2]) this.bodies.add(this.#samples.of(element, which, more))
    }
  }
}

function partsOf({ alternatives }: AST.Pattern, samples: Samples): Parts {
  const parts = new Parts(samples)
  for (const { elements } of alternatives) parts.whole(elements)
  return parts
}
