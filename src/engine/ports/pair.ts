import { compareCodePoints } from '../text/code-points.ts'

/** Two entity names in code-point order. */
export type Pair = readonly [string, string]

/** One string for an unordered pair; the names are sorted by code point. */
export function pairKey(pair: Pair): string {
  return `${pair[0]}\u0000${pair[1]}`
}

/** The pair in code-point order. UTF-16 order differs beyond U+FFFF, so compare by code point. */
export function orderedPair(a: string, b: string): Pair {
  return compareCodePoints(a, b) <= 0 ? [a, b] : [b, a]
}
