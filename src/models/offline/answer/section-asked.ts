import type { AskedTerm } from './asked-terms.ts'
import type { IndexedUnit } from './indexed-units.ts'
import { stemsOf } from './indexed-units.ts'
import type { AskedKind } from './kinds-of-answer.ts'

const NUMBERING = /^(?:\u00a7 ?\d{1,4}|\d{1,3}(?:\.\d{1,3}){0,4}[.)]?)\s+/u
const SIGNS = /[^\p{L}\p{N}]+/gu
/** Questions that a section answers whose heading has their words and no others. */
const WIDE: readonly AskedKind[] = ['definition', 'procedure', 'list', 'yes-no']

/** The units below the heading that a question repeats, in order; none where there is no such one. */
export function sectionAsked(
  question: string,
  terms: readonly AskedTerm[],
  kinds: ReadonlySet<AskedKind>,
  units: readonly IndexedUnit[],
): IndexedUnit[] {
  const asked = folded(question)
  const stems = new Set(terms.map(({ stem }) => stem))
  const isWide = [...kinds].every((kind) => WIDE.includes(kind))
  const known = new Map<string, boolean>()
  const isAsked = (heading: string) => {
    const judged =
      known.get(heading) ??
      (folded(heading) === asked || (isWide && isSame(stemsOf(heading), stems)))
    known.set(heading, judged)
    return judged
  }
  const first = units.find(({ headings }) => headings.some(isAsked))
  if (first === undefined) return []
  const depth = first.headings.findIndex(isAsked)
  const path = JSON.stringify(first.headings.slice(0, depth + 1))
  const section = units.filter(
    ({ rank, headings }) =>
      rank === first.rank && JSON.stringify(headings.slice(0, depth + 1)) === path,
  )
  const lists = new Set<object>()
  return section.filter(({ list }) => {
    if (list === null) return true
    if (lists.has(list)) return false
    lists.add(list)
    return true
  })
}

function folded(text: string): string {
  return text.replace(NUMBERING, '').replace(SIGNS, ' ').trim().toLowerCase()
}

function isSame(stems: ReadonlySet<string>, asked: ReadonlySet<string>): boolean {
  const words = [...stems].filter((stem) => !/^\p{N}+$/u.test(stem))
  return words.length > 0 && words.length === asked.size && words.every((stem) => asked.has(stem))
}
