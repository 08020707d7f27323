import type { CallOptions, KeywordFinder, Keywords, LanguageModel } from '../ports/models.ts'
import { parseKeywords } from './parse-keywords.ts'

/** Splits a question into themes and concrete things by asking a language model. */
export class LlmKeywords implements KeywordFinder {
  readonly id: string
  readonly #model: LanguageModel
  readonly #language: string

  /** @param language of the keywords; the documents are indexed in it */
  constructor(model: LanguageModel, language = 'English') {
    this.id = `llm-keywords:${model.id}:${language}`
    this.#model = model
    this.#language = language
  }

  /** Both lists are empty when the model's answer cannot be read. */
  async find(query: string, options: CallOptions): Promise<Keywords> {
    const content = keywordPrompt(query, this.#language)
    const answer = await this.#model.generate([{ role: 'user', content }], options)
    return parseKeywords(answer.text)
  }
}

/** Whether an answer can be kept for the next time the same question is asked. */
export function isUsableKeywords(answer: string): boolean {
  const { high, low } = parseKeywords(answer)
  return high.length + low.length > 0
}

function keywordPrompt(query: string, language: string): string {
  return [
    'A search over a knowledge graph needs two lists of search terms for the question below.',
    '- high_level_keywords: what the question is about as a whole: themes, intent, kind of answer.',
    '- low_level_keywords: the concrete things in it: names, products, technical terms, figures.',
    '',
    'Take the terms from the question alone; do not answer it. Keep phrases whole ("heat pump", not',
    '"heat", "pump"). When the question is a greeting or has no content, both lists are empty.',
    `Write the terms in ${language}, proper names unchanged.`,
    'Answer with one JSON object and nothing around it.',
    '',
    ...EXAMPLES,
    '',
    `Question: ${JSON.stringify(query)}`,
    'JSON:',
  ].join('\n')
}

const EXAMPLES: readonly string[] = [
  'Question: "Which suppliers delayed the Lisbon tram renewal?"',
  '{"high_level_keywords": ["supply delays", "causes of project delay"],' +
    ' "low_level_keywords": ["Lisbon tram renewal", "suppliers"]}',
  'Question: "How does pruning affect the yield of apple trees?"',
  '{"high_level_keywords": ["effect of pruning", "crop yield"],' +
    ' "low_level_keywords": ["pruning", "apple trees"]}',
  'Question: "Hello there"',
  '{"high_level_keywords": [], "low_level_keywords": []}',
]
