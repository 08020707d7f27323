import { foldedCase } from './folded-case.ts'

/** Enough of a stemmer that a plural or a past tense finds its word. */
export function stemOf(word: string): string {
  const lower = foldedCase(word).replace(/['\u2019]s?$/, '')
  if (lower.length <= 3 || !/^[a-z]+$/.test(lower)) return lower
  const bare = lower
    .replace(/ies$/, 'y')
    .replace(/(?<=ss|x|ch|sh)es$/, '')
    .replace(/(?<=[^su])s$/, '')
  const cut = bare.replace(/(?<=[a-z]{3})(?:ing|ed|ly)$/, '')
  // The doubled consonant of `planned`, and the silent e that `pruning` lost.
  return cut.replace(/([b-df-hj-km-np-rtv-z])\1$/, '$1').replace(/(?<=[a-z]{3})e$/, '')
}
