import type { ChatMessage } from '../../ports/models.ts'
import { tokenCount } from '../../text/tokenizer.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'

/** Tokens around a turn: its role, and the signs between turns. */
export const TURN_FRAME = 4
/** A token is hardly ever longer, in UTF-16 units: what is longer than that is not even counted. */
const LONGEST_TOKEN = 16

/** The end of a conversation, with what it takes in tokens. */
export interface FittedHistory {
  readonly turns: readonly ChatMessage[]
  readonly tokens: number
}

/**
 * The last turns of a conversation that fit a budget, whole: of what comes before, a model would
 * only see pieces.
 *
 * @param budget in tokens
 */
export async function fitHistory(
  history: readonly ChatMessage[],
  budget: number,
): Promise<FittedHistory> {
  let tokens = 0
  let from = history.length
  for (; from > 0; from -= 1) {
    const content = history[from - 1]?.content ?? ''
    const left = budget - tokens - TURN_FRAME
    if (left < 0 || content.length > left * LONGEST_TOKEN) break
    await yieldAheadIfDue()
    const more = tokenCount(content)
    if (more > left) break
    tokens += more + TURN_FRAME
  }
  return { turns: history.slice(from), tokens }
}
