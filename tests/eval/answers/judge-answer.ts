import type { SetQuestion } from './question-set.ts'

export type Verdict = 'right' | 'partly' | 'wrong' | 'refused'

/** An answer as it came over the engine's port. */
export interface GivenAnswer {
  /** Without notes and the list of references. */
  readonly text: string
  readonly refused: boolean
  readonly cited: readonly CitedText[]
}

/** What stands in a document where a citation of the answer points to. */
export interface CitedText {
  readonly file: string
  readonly text: string
  readonly unsupported: boolean
}

export interface Judgement {
  readonly verdict: Verdict
  /** Whether its citations hold what it says; null for an answer that was refused. */
  readonly cites: boolean | null
}

/**
 * Right: every expected string stands in it. Partly: some do. A question that the documents do not
 * answer is right only when it is refused.
 */
export function judge({ expected, sources }: SetQuestion, answer: GivenAnswer): Judgement {
  if (answer.refused) {
    return { verdict: expected.length === 0 ? 'right' : 'refused', cites: null }
  }
  const text = folded(answer.text)
  const told = expected.filter((part) => text.includes(folded(part)))
  return { verdict: verdictOf(told.length, expected.length), cites: holds(answer, told, sources) }
}

function verdictOf(told: number, expected: number): Verdict {
  if (told === 0) return 'wrong'
  return told === expected ? 'right' : 'partly'
}

/**
 * What the answer tells of the expected strings stands where a citation of the right file points
 * to; of a wrong answer, each citation at least holds what it is put behind.
 */
function holds({ cited }: GivenAnswer, told: readonly string[], sources: readonly string[]) {
  if (cited.length === 0) return false
  if (told.length === 0) return cited.every(({ unsupported }) => !unsupported)
  return told.every((part) =>
    cited.some(
      ({ file, text, unsupported }) =>
        !unsupported && sources.includes(file) && folded(text).includes(folded(part)),
    ),
  )
}

/** Without case, marks of Markdown and the width of white space. */
function folded(text: string): string {
  return text.replace(/[*_`]/g, '').replace(/\s+/g, ' ').toLowerCase()
}
