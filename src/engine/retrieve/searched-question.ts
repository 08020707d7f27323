import { EngineError } from '../ports/engine-error.ts'
import type { CallOptions, ChatMessage, Models, QuestionRewriter } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Question } from './question.ts'

/** Turns that a question may lean on; what was said before them is another matter. */
const LAST_TURNS = 6
/** Of one turn, in UTF-16 units: its beginning names what it is about. */
const LONGEST_TURN = 1_000
/** In UTF-16 units. What is longer is no question any more. */
const LONGEST_SEARCH = 4_000

/**
 * The question as it is searched for: with what it leans on of the conversation. Where there is no
 * conversation, it is the question itself.
 */
export async function searchedQuestion(
  { models, settings }: { readonly models: Models; readonly settings: EngineSettings },
  question: Question,
  options: CallOptions,
): Promise<Question> {
  const { rewriter } = models
  if (!rewriter || !settings.searchWithHistory) return question
  const turns = lastTurns(question.history)
  if (turns.length === 0) return question
  const query = await rewritten(rewriter, question.query, turns, options)
  return query === question.query ? question : { ...question, query }
}

/** A model that is out costs the conversation, not the answer. */
async function rewritten(
  rewriter: QuestionRewriter,
  query: string,
  turns: readonly ChatMessage[],
  options: CallOptions,
): Promise<string> {
  try {
    const text = (await rewriter.rewrite(query, turns, options)).trim()
    return text === '' || text.length > query.length + LONGEST_SEARCH ? query : text
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof EngineError) return query
    throw error
  }
}

function lastTurns(history: readonly ChatMessage[]): ChatMessage[] {
  return history
    .filter(({ role, content }) => role !== 'system' && content.trim() !== '')
    .slice(-LAST_TURNS)
    .map(({ role, content }) => ({ role, content: content.trim().slice(0, LONGEST_TURN) }))
}
