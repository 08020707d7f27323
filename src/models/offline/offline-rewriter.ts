import type { CallOptions, ChatMessage, QuestionRewriter } from '../../engine/ports/models.ts'
import { contentTerms } from './content-terms.ts'
import { nameSpans } from './extract/name-spans.ts'
import { sentences } from './extract/sentences.ts'

/** Turns of the user that are searched for as well. */
const QUESTIONS = 2
/** Of the last answer, in UTF-16 units: its beginning says what it is about. */
const OF_ANSWER = 300
/** A question with no more words of its own, and no name, is only half of one. */
const FEW_WORDS = 3
/** In UTF-16 units. Somebody who asks at greater length says what they mean. */
const LONGEST_QUESTION = 400

const POINTS_BACK =
  /\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there)\b/iu
/** How a question begins that goes on with the one before, in languages with and without spaces. */
const GOES_ON =
  /^\s{0,9}(?:(?:and|but|or|so|then|also|what about|how about|und|aber|oder|et|mais|alors|y|pero|ma|maar|och|men|og|и|а|но)(?![\p{L}\p{N}])|それ|その|そして|これ|这|那|它|他|她|그)/iu

/**
 * Puts the last turns behind a question that leans on them: one that goes on, that points back
 * before it names anything, or that has hardly a word of its own. Whatever else is asked is a new
 * topic, which the turns before would only draw away from its passages.
 */
export class OfflineRewriter implements QuestionRewriter {
  readonly id = 'offline-rewriter:1'

  async rewrite(
    query: string,
    history: readonly ChatMessage[],
    options: CallOptions,
  ): Promise<string> {
    options.signal?.throwIfAborted()
    if (!leansOnWhatWasSaid(query)) return query
    const said = (role: ChatMessage['role']) => history.filter((turn) => turn.role === role)
    const asked = said('user').slice(-QUESTIONS)
    const answered = said('assistant').slice(-1)
    return [
      query,
      ...asked.map(({ content }) => content),
      ...answered.map(({ content }) => content.slice(0, OF_ANSWER)),
    ].join('\n')
  }
}

function leansOnWhatWasSaid(query: string): boolean {
  if (query.length > LONGEST_QUESTION) return false
  if (GOES_ON.test(query)) return true
  const names = sentences(query)
    .flatMap((sentence) => nameSpans(query, sentence))
    .filter(({ certain }) => certain)
  const firstName = names.reduce((first, { start }) => Math.min(first, start), query.length)
  if ((POINTS_BACK.exec(query)?.index ?? query.length) < firstName) return true
  return names.length === 0 && contentTerms(query).length <= FEW_WORDS
}
