import type { CallOptions, CutReason, Generation, TokenUsage } from '../../engine/ports/models.ts'
import { CallFailure, emptyAnswer } from './call-failure.ts'

/** How providers say that an answer is not whole, in lower case and with `_` between words. */
const REASONS: Readonly<Record<CutReason, ReadonlySet<string>>> = {
  length: new Set([
    'length',
    'limit',
    'max_tokens',
    'max_output_tokens',
    'max_completion_tokens',
    'model_length',
    'model_context_window_exceeded',
    'token_limit',
  ]),
  content_filter: new Set([
    'blocklist',
    'content_filter',
    'content_filtered',
    'guardrail_intervened',
    'prohibited_content',
    'recitation',
    'refusal',
    'safety',
    'sensitive',
    'spii',
  ]),
  unfinished: new Set([
    'abort',
    'aborted',
    'cancelled',
    'error',
    'insufficient_system_resource',
    'network_error',
    'unfinished',
  ]),
}

/** What the reason means by which a provider ended an answer; undefined for a whole one. */
export function cutReason(said: unknown): CutReason | undefined {
  if (typeof said !== 'string') return undefined
  const word = said.trim().toLowerCase().replaceAll('-', '_')
  const reasons = ['length', 'content_filter', 'unfinished'] as const
  return reasons.find((reason) => REASONS[reason].has(word))
}

/**
 * What came of a request, told to the operator where it is not whole.
 *
 * @throws {CallFailure} for an answer that says nothing, unless it was cut off by a limit: then less
 *   may be asked for
 */
export function generationOf(
  text: string,
  usage: TokenUsage,
  cut: CutReason | undefined,
  tell: (message: string) => void,
): Generation {
  const isBlank = text.trim() === ''
  if (cut === undefined) {
    if (isBlank) throw emptyAnswer()
    return { text, usage }
  }
  tell(NOTICES[cut])
  if (isBlank && cut !== 'length') throw cutBeforeFirstWord(cut)
  return { text: isBlank ? '' : text, usage, cut }
}

/**
 * Tells the reader of a stream, and the operator, that it ended before the answer was whole.
 *
 * @throws {CallFailure} when it had not said anything
 */
export function endCut(
  cut: CutReason,
  said: boolean,
  options: CallOptions,
  tell: (message: string) => void,
): void {
  tell(NOTICES[cut])
  if (!said) throw cutBeforeFirstWord(cut)
  options.onCut?.(cut)
}

/** To ask again would bring the same, unless nobody knows why it broke off. */
function cutBeforeFirstWord(reason: CutReason): CallFailure {
  return new CallFailure('unusable', MESSAGES[reason], { isFinal: reason !== 'unfinished' })
}

const MESSAGES: Readonly<Record<CutReason, string>> = {
  length: 'The model came to its limit of tokens before its first word; raise the limit',
  content_filter: 'The content filter of the model provider withheld the answer',
  unfinished: 'The model broke off before its first word',
}

const NOTICES: Readonly<Record<CutReason, string>> = {
  length:
    'Answers come to the limit of tokens before they are whole: raise LLM_MAX_TOKENS, for Ollama OLLAMA_LLM_NUM_CTX too, or take smaller chunks by CHUNK_SIZE.',
  content_filter: 'Answers are cut off by the content filter of the provider.',
  unfinished: 'Answers end before they are whole, and the provider does not say why.',
}
