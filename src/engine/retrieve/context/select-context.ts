import type { AnswerInput, CallOptions, RerankModel } from '../../ports/models.ts'
import type { EngineSettings } from '../../ports/settings.ts'
import type { StoredChunk, StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { tokenCount } from '../../text/tokenizer.ts'
import type { Question } from '../question.ts'
import type { Retrieved } from '../retrieve.ts'
import { buildContext, columnsOf } from './build-context.ts'
import { type FileReference, fileReferences } from './file-references.ts'

/** Tokens of the JSON around a passage: braces, keys, the reference id. */
const PASSAGE_FRAME = 12
/** Left free for what the estimate does not see. */
const SLACK = 200

/** What goes into the prompt, after every budget. */
export interface Selected {
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
  readonly chunks: readonly StoredChunk[]
  readonly references: readonly FileReference[]
  readonly referenceOf: (chunk: StoredChunk) => string
  readonly context: string
}

/**
 * Cuts what was found to the question's budgets. Token counts are those stored at ingest; only the
 * frame of the prompt is counted here.
 *
 * @param frame the prompt without any context
 */
export async function selectContext(
  found: Retrieved,
  question: Question,
  settings: EngineSettings,
  reranker: RerankModel | undefined,
  frame: string,
  options: CallOptions,
): Promise<Selected> {
  const entities = fitToBudget(found.entities, question.maxEntityTokens, (item) => item.tokens)
  const relations = fitToBudget(found.relations, question.maxRelationTokens, (item) => item.tokens)
  const graphTokens =
    entities.reduce((total, item) => total + item.tokens, 0) +
    relations.reduce((total, item) => total + item.tokens, 0)
  const ranked = await reranked(found.chunks, question, settings, reranker, options)
  const chunks = besideFrame(
    ranked.slice(0, question.chunkTopK),
    question.maxTotalTokens - graphTokens - SLACK,
    frame,
  )
  const { references, referenceOf } = fileReferences(chunks)
  const context = buildContext({ entities, relations, chunks, references, referenceOf })
  return { entities, relations, chunks, references, referenceOf, context }
}

/** The passages that fit a budget, in tokens, together with the frame. */
function besideFrame(ranked: readonly StoredChunk[], budget: number, frame: string): StoredChunk[] {
  const fitting = (left: number) =>
    fitToBudget(
      ranked,
      Math.max(0, left),
      (chunk) => chunk.tokens + PASSAGE_FRAME + tokenCount(columnsOf(chunk) ?? ''),
    )
  // No token is shorter than a byte, and most often all passages fit anyhow: then nothing is counted.
  const fit = fitting(budget - Buffer.byteLength(frame))
  return fit.length === ranked.length ? fit : fitting(budget - tokenCount(frame))
}

async function reranked(
  chunks: readonly StoredChunk[],
  question: Question,
  settings: EngineSettings,
  reranker: RerankModel | undefined,
  options: CallOptions,
): Promise<readonly StoredChunk[]> {
  if (!reranker || !question.enableRerank || chunks.length === 0) return chunks
  const texts = chunks.map((chunk) => chunk.content)
  // A reranker that is out costs order, not the answer.
  const order = await reranker
    .rerank(question.query, texts, question.chunkTopK, options)
    .catch((error: unknown) => {
      if (options.signal?.aborted) throw error
      return []
    })
  if (order.length === 0) return chunks
  return order
    .filter(({ score }) => score >= settings.minRerankScore)
    .flatMap(({ index }) => chunks[index] ?? [])
}

/** What an answerer gets of a selection. */
export function answerInput(
  question: Question,
  selected: Selected | null,
  searchedFor: string = question.query,
): AnswerInput {
  return {
    query: question.query,
    searchedFor,
    context: selected?.context ?? '',
    passages: (selected?.chunks ?? []).map((chunk) => ({
      referenceId: selected?.referenceOf(chunk) ?? '',
      filePath: chunk.filePath,
      content: chunk.content,
    })),
    references: selected?.references ?? [],
    responseType: question.responseType,
    userPrompt: question.userPrompt,
    history: question.history,
  }
}

/**
 * Keeps the best-ranked items that fit a token budget.
 *
 * @param ranked best first
 * @param budget in tokens; 0 keeps nothing
 */
function fitToBudget<T>(ranked: readonly T[], budget: number, tokensOf: (item: T) => number): T[] {
  const kept: T[] = []
  let left = budget
  for (const item of ranked) {
    left -= tokensOf(item)
    // Stop rather than skip: a shorter item further down must not push out a better one.
    if (left < 0) break
    kept.push(item)
  }
  return kept
}
