import type { Answerer, AnswerInput, CallOptions } from '../../engine/ports/models.ts'
import { NOTHING_FOUND } from '../../engine/retrieve/no-answer.ts'
import { type ExtractedAnswer, extractAnswer } from './answer/extract-answer.ts'
import { LANGUAGE_NAMES, languageOf } from './answer/function-words.ts'
import { type Quote, quotedUnit } from './answer/quoted-unit.ts'

const MAX_SENTENCES = 5

const NO_CONTEXT =
  'No language model is configured, so a question can only be answered from documents, ' +
  'and none was consulted for this one.'

/** Answers by quoting: the sentences of the passages that speak to the question, with citations. */
export class OfflineAnswerer implements Answerer {
  readonly id = 'offline-answerer:2'
  readonly instant = true

  prompt(input: AnswerInput): string {
    return `${extractiveNote()}\n\n${input.context}\n\n---User Query---\n${input.query}`
  }

  async *answer(input: AnswerInput, options: CallOptions): AsyncIterable<string> {
    options.signal?.throwIfAborted()
    if (input.passages.length === 0) {
      yield input.context.trim() === '' ? `${NO_CONTEXT}\n\n${extractiveNote()}` : NOTHING_FOUND
      return
    }
    const { query, passages, searchedFor } = input
    const answer = await extractAnswer(query, passages, MAX_SENTENCES, searchedFor)
    if (answer.units.length === 0) {
      yield NOTHING_FOUND
      return
    }
    const quotes = answer.units.map((unit) => quotedUnit(unit, answer.terms))
    const layout = layoutFor(input.responseType)
    for (const [place, quote] of quotes.entries()) {
      yield (place === 0 ? '' : layout.between) + layout.quote(quote)
    }
    yield `\n\n${extractiveNote(foreignLanguage(answer))}`
    const references = referenceSection(quotes, input)
    if (references !== '') yield `\n\n${references}`
  }
}

/** @param language of the sentences, where it is not that of the question */
function extractiveNote(language: string | null = null): string {
  const quoted =
    language === null ? 'quoted from the documents' : `quoted from the documents, in ${language}`
  return `*Extractive answer: sentences ${quoted}; no language model is configured.*`
}

/** The language of an answer in another one than its question; null where both agree or are not known. */
function foreignLanguage({ asked, units }: ExtractedAnswer): string | null {
  const language = languageOf(units.map(({ text }) => text).join('\n'))
  if (language === null || asked.language === null || language === asked.language) return null
  return LANGUAGE_NAMES[language]
}

interface Layout {
  readonly between: string
  quote(quote: Quote): string
}

const PARAGRAPHS: Layout = {
  between: '\n\n',
  quote: ({ text, items, referenceId }) =>
    [...(text === '' ? [] : [text]), ...items.map((item) => `- ${item}`)].join('\n') +
    mark(referenceId),
}
const BULLETS: Layout = {
  between: '\n',
  quote: ({ text, items, referenceId }) =>
    `- ${[text, ...items.map((item) => `  - ${item}`)].join('\n')}${mark(referenceId)}`,
}
const ONE_PARAGRAPH: Layout = {
  between: ' ',
  quote: ({ text, items, referenceId }) =>
    [text, items.join('; ')].filter((part) => part !== '').join(' ') + mark(referenceId),
}

function layoutFor(responseType: string): Layout {
  if (/bullet|list/i.test(responseType)) return BULLETS
  return /single/i.test(responseType) ? ONE_PARAGRAPH : PARAGRAPHS
}

const mark = (referenceId: string) => (referenceId === '' ? '' : ` [${referenceId}]`)

function referenceSection(quotes: readonly Quote[], input: AnswerInput): string {
  const cited = new Set(quotes.map(({ referenceId }) => referenceId))
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
