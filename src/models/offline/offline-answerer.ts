import type { Answerer, AnswerInput, CallOptions } from '../../engine/ports/models.ts'
import { NOTHING_FOUND } from '../../engine/retrieve/answer-question.ts'
import { type RankedSentence, rankSentences } from './rank-sentences.ts'

const MAX_SENTENCES = 5
/** In code points. */
const MAX_SENTENCE_LENGTH = 600

const EXTRACTIVE_NOTE =
  '*Extractive answer: sentences quoted from the documents; no language model is configured.*'
const NO_CONTEXT =
  'No language model is configured, so a question can only be answered from documents, ' +
  'and none was consulted for this one.'

/** Answers by quoting: the sentences of the passages that speak to the question, with citations. */
export class OfflineAnswerer implements Answerer {
  readonly id = 'offline-answerer:1'
  readonly instant = true

  prompt(input: AnswerInput): string {
    return `${EXTRACTIVE_NOTE}\n\n${input.context}\n\n---User Query---\n${input.query}`
  }

  async *answer(input: AnswerInput, options: CallOptions): AsyncIterable<string> {
    options.signal?.throwIfAborted()
    if (input.passages.length === 0) {
      yield input.context.trim() === '' ? `${NO_CONTEXT}\n\n${EXTRACTIVE_NOTE}` : NOTHING_FOUND
      return
    }
    const sentences = await rankSentences(
      input.query,
      input.passages,
      MAX_SENTENCES,
      input.searchedFor,
    )
    if (sentences.length === 0) {
      yield NOTHING_FOUND
      return
    }
    const layout = layoutFor(input.responseType)
    for (const [place, sentence] of sentences.entries()) {
      yield (place === 0 ? '' : layout.between) + layout.before + quoted(sentence)
    }
    yield `\n\n${EXTRACTIVE_NOTE}`
    const references = referenceSection(sentences, input)
    if (references !== '') yield `\n\n${references}`
  }
}

function layoutFor(responseType: string): { before: string; between: string } {
  if (/bullet|list/i.test(responseType)) return { before: '- ', between: '\n' }
  return { before: '', between: /single/i.test(responseType) ? ' ' : '\n\n' }
}

/** Markdown signs at the start would turn a quoted list item into one of ours. */
function quoted({ text, referenceId }: RankedSentence): string {
  const points = Array.from(text.replace(/^(?:[-*+\u2022>]|\d{1,3}[.)])\s+/, ''))
  const cut =
    points.length <= MAX_SENTENCE_LENGTH
      ? points.join('')
      : `${points.slice(0, MAX_SENTENCE_LENGTH).join('').trimEnd()}\u2026`
  return referenceId === '' ? cut : `${cut} [${referenceId}]`
}

function referenceSection(sentences: readonly RankedSentence[], input: AnswerInput): string {
  const cited = new Set(sentences.map(({ referenceId }) => referenceId))
  const pathOf = new Map<string, string>()
  for (const { referenceId, filePath } of [...input.references, ...input.passages]) {
    if (cited.has(referenceId) && referenceId !== '' && !pathOf.has(referenceId)) {
      pathOf.set(referenceId, filePath)
    }
  }
  if (pathOf.size === 0) return ''
  const lines = Array.from(pathOf, ([id, path]) => `- [${id}] ${path}`)
  return ['### References', '', ...lines].join('\n')
}
