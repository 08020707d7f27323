import { listNumber } from '../text/list-number.ts'
import { type ListLevels, OUTLINE } from './list-styles.ts'

/** A list that is open, and those around it. */
interface OpenList {
  readonly name: string
  readonly counts: (number | undefined)[]
}

/** Counts the items of lists and the headings of a document, which stores no numbers. */
export class ItemNumbers {
  readonly #styles: ReadonlyMap<string, ListLevels>
  readonly #open: OpenList[] = []
  /** Where the list of a style ended, for one that goes on. */
  readonly #ended = new Map<string, (number | undefined)[]>()
  readonly #headings: (number | undefined)[] = []

  constructor(styles: ReadonlyMap<string, ListLevels>) {
    this.#styles = styles
  }

  /** @param name of its style; one within another has that one's when it names none */
  openList(name: string | undefined, goesOn: boolean): void {
    const outer = this.#open.at(-1)
    const own = name ?? outer?.name ?? ''
    // Lists within one another count together, each on its level.
    const counts = outer?.counts ?? (goesOn ? (this.#ended.get(own) ?? []) : [])
    this.#open.push({ name: own, counts })
  }

  closeList(): void {
    const list = this.#open.pop()
    if (!list) return
    if (this.#open.length === 0) this.#ended.set(list.name, list.counts)
    else list.counts.length = Math.min(list.counts.length, this.#open.length)
  }

  /** What stands before the next item, such as `2. `, with a space. */
  nextItem(given: number | undefined): string {
    const list = this.#open.at(-1)
    const levels = this.#styles.get(list?.name ?? '')
    if (!list || list.name === OUTLINE || !levels) return '- '
    const number = numbered(levels, list.counts, this.#open.length - 1, given)
    return number === '' ? '- ' : `${number} `
  }

  /** What stands before the next heading, with a space; nothing where headings have no numbers. */
  nextHeading(level: number): string {
    const levels = this.#styles.get(OUTLINE)
    const number = levels ? numbered(levels, this.#headings, level - 1, undefined) : ''
    return number === '' ? '' : `${number} `
  }
}

function numbered(
  levels: ListLevels,
  counts: (number | undefined)[],
  depth: number,
  given: number | undefined,
): string {
  const own = levels[depth]
  counts.length = Math.min(counts.length, depth + 1)
  counts[depth] = given ?? (counts[depth] ?? (own?.start ?? 1) - 1) + 1
  if (!own || own.style === null) return ''
  const parts: string[] = []
  for (let at = Math.max(0, depth + 1 - own.shown); at <= depth; at++) {
    const style = levels[at]?.style ?? null
    if (style !== null) parts.push(listNumber(counts[at] ?? levels[at]?.start ?? 1, style))
  }
  return `${own.prefix}${parts.join('.')}${own.suffix}`.trim()
}
