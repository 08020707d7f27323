import type { CallOptions, KeywordFinder, Keywords } from '../ports/models.ts'
import type { Question } from './question.ts'

/** The keywords of a question: the caller's own, or else what the finder makes of it. */
export async function findKeywords(
  finder: KeywordFinder,
  question: Question,
  options: CallOptions,
): Promise<Keywords> {
  if (hasOwnKeywords(question)) return { high: question.high, low: question.low }
  const { high, low } = await finder.find(question.query, options)
  const none = high.length === 0 && low.length === 0
  return none ? { high: [], low: [question.query] } : { high, low }
}

/** Whether the caller says what to look for in the graph; then nothing else is looked for there. */
export function hasOwnKeywords({ high, low }: Question): boolean {
  return high.length > 0 || low.length > 0
}
