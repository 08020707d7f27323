import { createHash } from 'node:crypto'
import type { CutReason, Keywords, Models } from '../ports/models.ts'
import type { Store } from '../ports/store.ts'
import type { Question } from './question.ts'

/** How an answer ended; known behind its last piece. */
export interface AnswerEnd {
  /** Why it is not whole; null for a whole one. */
  cut: CutReason | null
}

/** The place of one answer among those that are kept. */
export interface AnswerSlot {
  read(): Promise<string | null>
  /** Hands an answer on as it arrives, and keeps it once it is whole. */
  keeping(answer: AsyncIterable<string>, end: Readonly<AnswerEnd>): AsyncIterable<string>
}

export interface AnswerCacheParts {
  readonly store: Pick<Store, 'cache' | 'dataVersion'>
  readonly models: Models
  readonly settings: { readonly enableAnswerCache: boolean; readonly maxCachedAnswers: number }
}

/**
 * Where the answer to this question from this context belongs; null when answers are not kept. What
 * the answer depends on makes the key, the data as it is now included: a change voids all answers.
 */
export async function answerSlot(
  { store, models, settings }: AnswerCacheParts,
  question: Question,
  keywords: Keywords,
  context: string,
): Promise<AnswerSlot | null> {
  const { answerer } = models
  if (!settings.enableAnswerCache || answerer.instant || settings.maxCachedAnswers < 1) return null
  const key = answerKey(models, question, keywords, context, await store.dataVersion())
  const keep = (value: string) =>
    store.cache.put({ key, kind: 'query', value, chunkId: null }, settings.maxCachedAnswers)
  return { read: () => store.cache.get(key), keeping: (answer, end) => keeping(answer, end, keep) }
}

async function* keeping(
  answer: AsyncIterable<string>,
  end: Readonly<AnswerEnd>,
  keep: (whole: string) => Promise<void>,
): AsyncGenerator<string, void, undefined> {
  let whole = ''
  for await (const text of answer) {
    whole += text
    yield text
  }
  if (whole.trim() === '' || end.cut !== null) return
  // The caller has the answer; that it could not be kept costs the next one a call.
  await keep(whole).catch(() => undefined)
}

function answerKey(
  { answerer, embedding, reranker }: Models,
  question: Question,
  keywords: Keywords,
  context: string,
  dataVersion: number,
): string {
  // How the answer is handed over is no part of it.
  const {
    stream: _s,
    includeReferences: _r,
    includeChunkContent: _c,
    only: _o,
    ...asked
  } = question
  const models = [answerer.id, embedding.id, reranker?.id ?? null]
  const shaped = ['answer', dataVersion, models, asked, keywords.high, keywords.low]
  // By far the longest part, which would only be written once more; what stands before it ends itself.
  return createHash('sha256').update(JSON.stringify(shaped)).update(context).digest('hex')
}
