import type { QueryMode } from '../../engine/retrieve/query-calls.ts'

/** What a chat message asks for, once its prefix has been read. */
export interface ChatQuery {
  readonly query: string
  readonly mode: QueryMode
  /** Whether the context is wanted instead of an answer. */
  readonly contextOnly: boolean
  /** What stood in brackets behind the prefix. */
  readonly userPrompt: string | null
}

const MODES = 'local|global|naive|hybrid|mix'
const MODE = new RegExp(`^/(${MODES}|bypass) \\s*`)
const CONTEXT = new RegExp(`^/(${MODES}|)context\\s*`)
// The rest of the line only, and the slash stays without a word: LightRAG's rule, to the letter.
const BRACKETS = new RegExp(`^(/(?:${MODES}|bypass|(?:${MODES}|)context|))\\[([^\\]\\n]*)\\](.*)`)

/**
 * Reads the prefix by which a chat chooses its mode: `/local question`, `/context question`,
 * `/mix[wishes for the answer] question`. Without one the mode is `mix`.
 */
export function readChatQuery(message: string): ChatQuery {
  const [, word, userPrompt = null, rest] = BRACKETS.exec(message) ?? []
  const text = word === undefined ? message : `${word}${rest}`
  for (const [prefix, contextOnly] of [
    [MODE, false],
    [CONTEXT, true],
  ] as const) {
    const found = prefix.exec(text)
    if (found) {
      const mode = modeOf(found[1])
      return { query: text.slice(found[0].length), mode, contextOnly, userPrompt }
    }
  }
  return { query: text, mode: 'mix', contextOnly: false, userPrompt }
}

function modeOf(word: string | undefined): QueryMode {
  switch (word) {
    case 'local':
    case 'global':
    case 'naive':
    case 'hybrid':
    case 'bypass':
      return word
    default:
      return 'mix'
  }
}

/** Whether a question is a chat program's own errand, such as a title for the chat. */
export function isErrand(query: string): boolean {
  return query.includes('\n<chat_history>\nUSER:')
}
