import type {
  Answerer,
  AnswerInput,
  CallOptions,
  ChatMessage,
  RerankModel,
} from '../../ports/models.ts'
import type { EngineSettings } from '../../ports/settings.ts'
import type { StoredChunk, StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { tokenCount } from '../../text/tokenizer.ts'
import type { Question } from '../question.ts'
import type { Retrieved } from '../retrieve.ts'
import { buildContext } from './build-context.ts'
import { type FileReference, fileReferences } from './file-references.ts'
import { fitHistory } from './fit-history.ts'
import { PassageCosts } from './passage-costs.ts'

/** Left free for what no count sees: titles of sections, and the roles of messages. */
const SLACK = 200
/** Of what a prompt leaves free: the most that the conversation, entities and relations take. */
const HISTORY_SHARE = 0.5
const ENTITY_SHARE = 0.25
const RELATION_SHARE = 0.35

/** What goes into the prompt, after every budget. */
export interface Selected {
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
  readonly chunks: readonly StoredChunk[]
  readonly references: readonly FileReference[]
  readonly referenceOf: (chunk: StoredChunk) => string
  /** The last turns of the conversation that fit. */
  readonly history: readonly ChatMessage[]
  readonly context: string
}

/** Who answers, and what chooses among passages. */
export interface ContextModels {
  readonly answerer: Pick<Answerer, 'instant' | 'contextTokens'>
  readonly reranker?: RerankModel | undefined
}

/**
 * Cuts what was found to one budget: that of the question, or of the model's window where that is
 * smaller. The prompt's own text and the question stand whole; then the last turns of the
 * conversation, entities, relations, and passages with what is left.
 *
 * @param question as it is searched for
 * @param frame the prompt with the question as it was asked, and without any context
 */
export async function selectContext(
  found: Retrieved,
  question: Question,
  settings: EngineSettings,
  { answerer, reranker }: ContextModels,
  frame: string,
  options: CallOptions,
): Promise<Selected> {
  const ranked = await reranked(found.chunks, question, settings, reranker, options)
  const wanted = { ...found, chunks: ranked.slice(0, question.chunkTopK) }
  // Rules read no prompt: what they are given is only estimated.
  const isExact = answerer.instant !== true
  const budget = budgetOf(question, answerer) - SLACK
  // No token is shorter than a byte, and most often all fits anyhow: then nothing is counted.
  const least = await fitted(wanted, question, budget - Buffer.byteLength(frame), isExact)
  const fit = least.isWhole
    ? least
    : await fitted(wanted, question, budget - tokenCount(frame), isExact)
  const { entities, relations, chunks, history } = fit
  const { references, referenceOf } = fileReferences(chunks)
  const context = buildContext({ entities, relations, chunks, references, referenceOf })
  return { entities, relations, chunks, references, referenceOf, history, context }
}

type Fitted = Pick<Selected, 'entities' | 'relations' | 'chunks' | 'history'> & {
  /** Whether more tokens would make no difference. */
  readonly isWhole: boolean
}

/** @param free tokens beside the prompt's own text */
async function fitted(
  { entities, relations, chunks }: Retrieved,
  question: Question,
  free: number,
  isExact: boolean,
): Promise<Fitted> {
  const history = await fitHistory(question.history, Math.floor(free * HISTORY_SHARE))
  const left = Math.max(0, free - history.tokens)
  const shares = [Math.floor(left * ENTITY_SHARE), Math.floor(left * RELATION_SHARE)] as const
  const most = [question.maxEntityTokens, question.maxRelationTokens] as const
  const keptEntities = fitToBudget(entities, Math.min(most[0], shares[0]), tokensOf)
  const keptRelations = fitToBudget(relations, Math.min(most[1], shares[1]), tokensOf)
  const taken = [...keptEntities, ...keptRelations].reduce((sum, { tokens }) => sum + tokens, 0)
  const costs = new PassageCosts(isExact)
  const kept = fitToBudget(chunks, Math.max(0, left - taken), (chunk) => costs.next(chunk))
  const isGraphWhole =
    (most[0] <= shares[0] || keptEntities.length === entities.length) &&
    (most[1] <= shares[1] || keptRelations.length === relations.length)
  return {
    entities: keptEntities,
    relations: keptRelations,
    chunks: kept,
    history: history.turns,
    isWhole:
      isGraphWhole &&
      kept.length === chunks.length &&
      history.turns.length === question.history.length,
  }
}

const tokensOf = (item: { readonly tokens: number }) => item.tokens

function budgetOf({ maxTotalTokens }: Question, { contextTokens }: ContextModels['answerer']) {
  return Math.min(maxTotalTokens, contextTokens ?? maxTotalTokens)
}

/** The conversation of a question for which nothing is looked up, as far as it fits. */
export async function bypassHistory(
  question: Question,
  answerer: ContextModels['answerer'],
): Promise<readonly ChatMessage[]> {
  const own = tokenCount(question.query) + tokenCount(question.userPrompt)
  const left = Math.max(0, budgetOf(question, answerer) - SLACK - own)
  const { turns } = await fitHistory(question.history, left)
  return turns
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
  history: readonly ChatMessage[] = selected?.history ?? [],
): AnswerInput {
  return {
    query: question.query,
    searchedFor,
    context: selected?.context ?? '',
    passages: (selected?.chunks ?? []).map((chunk) => ({
      referenceId: selected?.referenceOf(chunk) ?? '',
      filePath: chunk.filePath,
      content: chunk.content,
      headings: chunk.headings,
    })),
    references: selected?.references ?? [],
    responseType: question.responseType,
    userPrompt: question.userPrompt,
    history,
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
