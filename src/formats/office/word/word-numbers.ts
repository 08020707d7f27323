import { type ListStyle, listNumber } from '../../text/list-number.ts'
import { type ListLevel, WordLists } from './word-lists.ts'

/** The place of a paragraph in a list. */
export interface Numbering {
  readonly list: string
  readonly level: number
}

const STYLES: Readonly<Record<string, ListStyle>> = {
  lowerLetter: 'a',
  upperLetter: 'A',
  lowerRoman: 'i',
  upperRoman: 'I',
}

/** Counts the paragraphs of lists and headings as Word does, which stores no numbers. */
export class WordNumbers {
  readonly #declared: WordLists
  readonly #counts = new Map<string, number[]>()
  readonly #begun = new Set<string>()

  constructor(xml: string | null, maxDepth: number) {
    this.#declared = new WordLists(xml, maxDepth)
  }

  /** The number of the next paragraph, such as `2.1` or `(b)`; `-` for a bullet; null for none. */
  next({ list: id, level }: Numbering): string | null {
    const list = this.#declared.lists.get(id)
    const levels = this.#declared.levels.get(list?.abstract ?? '')
    const own = levels?.[level]
    if (!list || !levels || !own) return null
    const counts = this.#counts.get(list.abstract) ?? []
    this.#counts.set(list.abstract, counts)
    if (!this.#begun.has(id)) for (const [at, start] of list.starts) counts[at] = start - 1
    this.#begun.add(id)
    counts.length = Math.min(counts.length, level + 1)
    for (let upper = 0; upper < level; upper++) counts[upper] ??= levels[upper]?.start ?? 1
    counts[level] = (counts[level] ?? own.start - 1) + 1
    if (own.format === 'bullet') return '-'
    return textOf(own, levels, counts).trim() || null
  }
}

function textOf(
  { text, isFigures }: ListLevel,
  levels: readonly ListLevel[],
  counts: readonly number[],
): string {
  return text.replace(/%([1-9])/g, (_, digit: string) => {
    const at = Number(digit) - 1
    const format = levels[at]?.format ?? ''
    if (format === 'none') return ''
    return listNumber(counts[at] ?? 1, (isFigures ? undefined : STYLES[format]) ?? '1')
  })
}
