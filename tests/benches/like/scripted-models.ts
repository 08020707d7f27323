import type {
  ChatMessage,
  EmbeddingModel,
  LanguageModel,
} from '../../../src/engine/ports/models.ts'
import { sampleDocument } from './sample-documents.ts'

export const DIMENSION = 384
const USAGE = { promptTokens: 0, completionTokens: 0 }
const NAME = /\b[A-Z][a-z]{5} [A-Z][a-z]{5}\b/g

/** Answers at once, from the number of the note that it is asked about. */
export function scriptedModel(): LanguageModel {
  const answer = (messages: readonly ChatMessage[]): string => {
    const asked = messages.at(-1)?.content ?? ''
    if (messages.length > 2) return '<|COMPLETE|>'
    const note = /\bNote (\d+)\. /.exec(asked)?.[1]
    if (messages.length === 2 && note !== undefined) return extraction(Number(note))
    if (asked.includes('low_level_keywords')) return keywords(asked)
    return 'What is said of it, in one sentence.'
  }
  return {
    id: 'scripted',
    generate: async (messages) => ({ text: answer(messages), usage: USAGE }),
    async *stream(messages) {
      yield answer(messages)
    },
  }
}

function extraction(note: number): string {
  const { names } = sampleDocument(note)
  const row = (...fields: (string | undefined)[]) => fields.join('<|#|>')
  const entities = names.map((name, i) =>
    row('entity', name, 'Person', `${name} comes ${i + 1}. in note ${note}.`),
  )
  const relations = names
    .slice(1)
    .map((name, i) =>
      row(
        'relation',
        names[i],
        name,
        `meeting,note`,
        `${names[i]} met ${name}, says note ${note}.`,
      ),
    )
  return [...entities, ...relations, '<|COMPLETE|>'].join('\n')
}

function keywords(prompt: string): string {
  const question = prompt.slice(prompt.lastIndexOf('Question:'))
  return JSON.stringify({
    high_level_keywords: ['meeting', 'link'],
    low_level_keywords: question.match(NAME) ?? [],
  })
}

/** A bag of hashed words. */
export function hashedModel(): EmbeddingModel {
  return {
    id: 'hashed-words',
    dimension: DIMENSION,
    embed: async (texts) => texts.map(hashed),
  }
}

function hashed(text: string): Float32Array {
  const vector = new Float32Array(DIMENSION)
  let hash = 0x811c9dc5
  for (let at = 0; at <= text.length; at++) {
    const unit = at < text.length ? text.charCodeAt(at) | 32 : 32
    if (unit > 47) {
      hash = Math.imul(hash ^ unit, 0x01000193)
      continue
    }
    const tenantKb = (hash >>> 1) % DIMENSION
    vector[tenantKb] = (vector[tenantKb] ?? 0) + (hash & 1 ? 1 : -1)
    hash = 0x811c9dc5
  }
  let squares = 0
  for (const value of vector) squares += value * value
  if (squares === 0) vector[0] = squares = 1
  return vector.map((value) => value / Math.sqrt(squares))
}
