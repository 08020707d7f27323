import { table } from '../table.ts'
import type { Judgement, Verdict } from './judge-answer.ts'
import { type Half, KINDS, type Kind, type SetQuestion } from './question-set.ts'

/** A question of the set with what came of it. */
export interface JudgedAnswer extends Judgement {
  readonly question: SetQuestion
  readonly response: string
}

/** Counts of some questions. */
export interface Tally {
  readonly questions: number
  readonly right: number
  readonly partly: number
  readonly wrong: number
  readonly refused: number
  /** Of those that were answered. */
  readonly cites: number
}

export interface Chosen {
  readonly half?: Half | undefined
  readonly kind?: Kind | undefined
}

export function tallyOf(judged: readonly JudgedAnswer[], { half, kind }: Chosen = {}): Tally {
  const chosen = judged.filter(
    ({ question }) =>
      (half === undefined || question.half === half) &&
      (kind === undefined || question.kind === kind),
  )
  const count = (verdict: Verdict) => chosen.filter((one) => one.verdict === verdict).length
  return {
    questions: chosen.length,
    right: count('right'),
    partly: count('partly'),
    wrong: count('wrong'),
    refused: count('refused'),
    cites: chosen.filter(({ cites }) => cites === true).length,
  }
}

/** How many of them were answered at all. */
export function answeredIn(judged: readonly JudgedAnswer[], half?: Half): number {
  return judged.filter(
    ({ question, cites }) => cites !== null && (half === undefined || question.half === half),
  ).length
}

/** A table by kind, and one line for each half. */
export function answersReport(judged: readonly JudgedAnswer[]): string {
  const rows = KINDS.map((kind) => row(kind, tallyOf(judged, { kind })))
  const halves = (['blind', 'known'] as const).map((half) =>
    row(`${half} half`, tallyOf(judged, { half })),
  )
  const head = ['kind', 'questions', 'right', 'partly', 'wrong', 'refused', 'cites']
  return table([head, ...rows, ...halves, row('all', tallyOf(judged))])
}

function row(name: string, { questions, right, partly, wrong, refused, cites }: Tally): string[] {
  return [name, questions, right, partly, wrong, refused, cites].map(String)
}

/** What is not right, or not rightly cited, with the answer that was given. */
export function failuresReport(judged: readonly JudgedAnswer[]): string {
  return judged
    .filter(({ verdict, cites }) => verdict !== 'right' || cites === false)
    .map(({ question, verdict, cites, response }) => {
      const how = cites === false ? `${verdict}, cites wrongly` : verdict
      return `${question.id} (${how}): ${question.question}\n${response}\n`
    })
    .join('\n')
}
