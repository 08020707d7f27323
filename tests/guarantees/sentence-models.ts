import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type {
  CallOptions,
  EmbeddingModel,
  Extraction,
  ExtractionInput,
  Models,
} from '../../src/engine/ports/models.ts'
import { hashedWords } from '../fixtures/model-server/default-answers.ts'

const DIMENSION = 8
const NAME = /\p{Lu}\p{L}+/gu

/** Models by rule, for engines that have to be quick and must not depend on any real model. */
export interface SentenceModels extends Models {
  /** Called before each extraction; a test makes it wait, or throw. */
  beforeExtraction: (input: ExtractionInput, options: CallOptions) => void | Promise<void>
  /** Called before each summary. */
  beforeSummary: (name: string, options: CallOptions) => void | Promise<void>
  /** Called before each embedding request. */
  beforeEmbedding: (texts: readonly string[], options: CallOptions) => void | Promise<void>
}

/** Each sentence describes the capitalised words in it, and ties each to the next. */
export function sentenceModels(): SentenceModels {
  const models: SentenceModels = {
    beforeExtraction: () => nextTurn(),
    beforeSummary: () => nextTurn(),
    beforeEmbedding: () => nextTurn(),
    extractor: {
      id: 'sentences',
      async extract(input, options) {
        await models.beforeExtraction(input, options)
        return extraction(input.text)
      },
    },
    keywords: {
      id: 'names',
      find: async (query) => ({ high: [query], low: query.match(NAME) ?? [] }),
    },
    summarizer: {
      id: 'digest',
      async summarize({ name }, descriptions, _maxTokens, options) {
        await models.beforeSummary(name, options)
        const digest = createHash('sha256').update(descriptions.join('\n')).digest('hex')
        return `${name}, ${descriptions.length} descriptions ${digest.slice(0, 12)}`
      },
    },
    answerer: {
      id: 'context',
      prompt: ({ query }) => query,
      async *answer({ context }) {
        yield context
      },
    },
    embedding: embedding((texts, options) => models.beforeEmbedding(texts, options)),
  }
  return models
}

function embedding(before: SentenceModels['beforeEmbedding']): EmbeddingModel {
  return {
    id: 'words',
    dimension: DIMENSION,
    async embed(texts, options) {
      await before(texts, options)
      return texts.map(unitVector)
    },
  }
}

function unitVector(text: string): Float32Array {
  const values = hashedWords(text, DIMENSION)
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

function extraction(text: string): Extraction {
  const sentences = text.split(/(?<=\.)\s+/)
  return {
    entities: sentences.flatMap((sentence) =>
      namesIn(sentence).map((name, place) => ({
        name,
        type: place === 0 ? 'subject' : 'object',
        description: sentence,
      })),
    ),
    relations: sentences.flatMap((sentence) =>
      namesIn(sentence)
        .slice(1)
        .map((target, place) => ({
          source: namesIn(sentence)[place] ?? '',
          target,
          keywords: sentence.match(/\b\p{Ll}+\b/gu)?.join(',') ?? '',
          description: sentence,
          weight: namesIn(sentence).length,
        })),
    ),
  }
}

function namesIn(sentence: string): string[] {
  return [...new Set(sentence.match(NAME) ?? [])]
}
