import { stemOf } from '../../../engine/text/stem.ts'
import { wordsOf } from '../content-terms.ts'
import type { AskedTerm } from './asked-terms.ts'
import { LONGEST_QUESTION } from './asked-terms.ts'

/** Words between the two things of a comparison. */
const BETWEEN =
  /^(?:and|or|vs|versus|with|than|und|oder|mit|zum|zur|als|et|ou|avec|que|y|o|con|e|en|&)$/iu
const COMPARED = /^(?:compared|vergleich|comparaison|comparación|confronto)$/iu

/**
 * The words of two things that a question compares which the other one lacks; null when it names no
 * two things.
 */
export function comparedSides(
  question: string,
  terms: readonly AskedTerm[],
): readonly [ReadonlySet<string>, ReadonlySet<string>] | null {
  const asked = new Set(terms.map(({ stem }) => stem))
  const words = wordsOf(question.slice(0, LONGEST_QUESTION)).map((word) => ({
    word,
    stem: stemOf(word),
  }))
  const from = Math.max(
    0,
    words.findIndex(({ word }) => COMPARED.test(word)),
  )
  const at = words.findIndex(({ word }, i) => i > from && BETWEEN.test(word))
  if (at < 0) return null
  const isAsked = ({ stem }: { stem: string }) => asked.has(stem)
  const left = run(words.slice(0, from > 0 ? from : at).reverse(), isAsked)
  const right = run(words.slice(at + 1), isAsked)
  const first = left.filter((stem) => !right.includes(stem))
  const second = right.filter((stem) => !left.includes(stem))
  return first.length > 0 && second.length > 0 ? [new Set(first), new Set(second)] : null
}

/** The first words in a row that are asked about; little words before them are passed over. */
function run(
  words: readonly { readonly stem: string }[],
  isAsked: (word: { stem: string }) => boolean,
): string[] {
  const from = words.findIndex(isAsked)
  if (from < 0) return []
  const rest = words.slice(from)
  const to = rest.findIndex((word) => !isAsked(word))
  return rest.slice(0, to < 0 ? rest.length : to).map(({ stem }) => stem)
}
