import { parseXml, prefixed } from '../markup/parse-xml.ts'
import type { ListStyle } from '../text/list-number.ts'

/** How the items of a list are marked on one level. */
export interface ListLevel {
  /** Null for a mark that is no number. */
  readonly style: ListStyle | null
  readonly prefix: string
  readonly suffix: string
  readonly start: number
  /** How many levels its number names, itself included: 2 for `1.2`. */
  readonly shown: number
}

/** Levels by their depth, from 0. */
export type ListLevels = readonly (ListLevel | undefined)[]

/** The name under which the levels of headings are kept, which have no list. */
export const OUTLINE = ''
const DEEPEST = 10
const LONGEST_SIGN = 20
const STYLES: readonly ListStyle[] = ['1', 'a', 'A', 'i', 'I']

/** The styles of lists that the parts of a document declare, by their names, and that of its headings. */
export function listStyles(parts: readonly string[], maxDepth: number): Map<string, ListLevels> {
  const styles = new Map<string, (ListLevel | undefined)[]>()
  let levels: (ListLevel | undefined)[] | null = null
  for (const xml of parts) {
    parseXml(
      xml,
      {
        open(name, attributes) {
          if (name === 'list-style' || name === 'outline-style') {
            levels = []
            const known = prefixed(attributes, 'name') ?? ''
            styles.set(name === 'outline-style' ? OUTLINE : known, levels)
          } else if (levels && /^(?:list|outline)-level-style/.test(name)) {
            const depth = Number(prefixed(attributes, 'level')) - 1
            if (depth >= 0 && depth < DEEPEST) levels[depth] = levelOf(attributes)
          }
        },
        close(name) {
          if (name === 'list-style' || name === 'outline-style') levels = null
        },
      },
      maxDepth,
    )
  }
  return styles
}

function levelOf(attributes: Readonly<Record<string, string>>): ListLevel {
  const format = prefixed(attributes, 'num-format')
  return {
    style: STYLES.find((style) => style === format) ?? null,
    prefix: (prefixed(attributes, 'num-prefix') ?? '').slice(0, LONGEST_SIGN),
    suffix: (prefixed(attributes, 'num-suffix') ?? '').slice(0, LONGEST_SIGN),
    start: Number(prefixed(attributes, 'start-value') ?? 1) || 1,
    shown: Math.min(DEEPEST, Number(prefixed(attributes, 'display-levels') ?? 1) || 1),
  }
}
