import { SEPARATOR } from '../merge/merge-fragments.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { CallOptions } from '../ports/models.ts'
import type { Store } from '../ports/store.ts'
import type { StoredChunk } from '../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../work/turns.ts'
import { type AnswerEnd, answerSlot } from './answer-cache.ts'
import { citationOf } from './context/citation-of.ts'
import { citedSentences } from './context/cited-sentences.ts'
import {
  answerInput,
  bypassHistory,
  type Selected,
  selectContext,
} from './context/select-context.ts'
import { type FirstDocuments, firstDocuments } from './first-documents.ts'
import { isNoAnswer, NO_CONTEXT, NOTHING, NOTHING_FOUND } from './no-answer.ts'
import type {
  Citation,
  CutReason,
  NoAnswer,
  QueryData,
  QueryEvent,
  QueryParams,
  QueryResponse,
  Reference,
  Statement,
} from './query-calls.ts'
import { type Question, questionOf } from './question.ts'
import { restate } from './restate.ts'
import { type Retrieved, retrieve } from './retrieve.ts'
import type { RetrieveParts } from './search.ts'
import { searchedQuestion } from './searched-question.ts'
import { statementsOf } from './statements/statements-of.ts'

export interface AnswerParts extends Omit<RetrieveParts, 'searches'> {
  readonly store: Store
  /** How many documents are on their way: taken in, and not yet to be found. */
  readonly stillProcessing: () => Promise<number>
}

interface Found {
  readonly retrieved: Retrieved
  readonly selected: Selected
  /** The question, or what was made of it and its conversation. */
  readonly searchedFor: string
}

/** Answers as a stream: first the references, then the text in pieces. */
export async function* answerQuestion(
  parts: AnswerParts,
  params: QueryParams,
  signal: AbortSignal | undefined,
): AsyncGenerator<QueryEvent, void, undefined> {
  const question = questionOf(params, parts.settings)
  const options: CallOptions = { lane: 'query', signal }
  const { answerer } = parts.models
  const end: AnswerEnd = { cut: null }
  const answering: CallOptions = {
    ...options,
    onCut: (reason) => {
      end.cut = reason
    },
  }
  if (question.mode === 'bypass') {
    const references = noReferences(question)
    const history = await bypassHistory(question, answerer)
    const answer = answerer.answer(answerInput(question, null, question.query, history), answering)
    yield* pieces(question, { references }, answer, end, null)
    return
  }
  const found = await find(parts, question, options)
  const references =
    question.includeReferences && found
      ? referencesOf(found.selected, placesOf(found), question.includeChunkContent)
      : noReferences(question)
  const stillProcessing = await parts.stillProcessing()
  const head = { references, ...(stillProcessing === 0 ? {} : { stillProcessing }) }
  const whole = wholeText(parts, question, found, stillProcessing)
  if (whole !== null || !found) {
    yield { type: 'start', ...head, streaming: false }
    yield { type: 'text', text: whole ?? NOTHING_FOUND }
    if (!found) yield { type: 'end', noAnswer: 'nothing_found', statements: null }
    return
  }
  const slot = await answerSlot(parts, question, found.retrieved.keywords, found.selected.context)
  const known = (await slot?.read()) ?? null
  if (known !== null) {
    yield* pieces(question, head, inOnePiece(known), end, found)
    return
  }
  const answer = answerer.answer(
    answerInput(question, found.selected, found.searchedFor),
    answering,
  )
  yield* pieces(question, head, slot?.keeping(answer, end) ?? answer, end, found)
}

async function* inOnePiece(text: string): AsyncGenerator<string> {
  yield text
}

/** The whole answer at once. */
export async function collectAnswer(events: AsyncIterable<QueryEvent>): Promise<QueryResponse> {
  let response = ''
  let references: readonly Reference[] | null = null
  let cut: CutReason | null = null
  let stillProcessing = 0
  let noAnswer: NoAnswer | null = null
  let statements: readonly Statement[] | null = null
  for await (const event of events) {
    if (event.type === 'start') ({ references, stillProcessing = 0 } = event)
    else if (event.type === 'cut') cut = event.reason
    else if (event.type === 'end') ({ noAnswer, statements } = event)
    else response += event.text
  }
  return {
    response,
    references,
    ...(cut === null ? {} : { finish_reason: cut }),
    ...(stillProcessing === 0 ? {} : { still_processing: stillProcessing }),
    ...(noAnswer === null ? {} : { no_answer: noAnswer }),
    ...(statements === null ? {} : { statements }),
  }
}

/** What was found, as data, without an answer. */
export async function questionData(
  parts: AnswerParts,
  params: QueryParams,
  signal: AbortSignal | undefined,
): Promise<QueryData> {
  const question = questionOf(params, parts.settings)
  if (question.mode === 'bypass') {
    return {
      status: 'success',
      message: 'Bypass mode retrieves nothing.',
      data: { entities: [], relationships: [], chunks: [], references: [] },
      metadata: { query_mode: 'bypass', keywords: { high_level: [], low_level: [] } },
    }
  }
  const found = await find(parts, question, { lane: 'query', signal })
  if (!found) {
    const stillProcessing = await parts.stillProcessing()
    return {
      status: 'failure',
      message: `Nothing was found for this query${whileProcessing(stillProcessing)}.`,
      data: {},
      metadata: { failure_reason: 'no_results', mode: question.mode },
    }
  }
  const { entities, relations } = found.selected
  return dataOf(question, found, await firstDocuments(parts.store, [...entities, ...relations]))
}

/** Null when nothing was found. */
async function find(
  parts: AnswerParts,
  question: Question,
  options: CallOptions,
): Promise<Found | null> {
  if (question.query === '') throw new EngineError('invalid_argument', 'The query is blank.')
  await yieldAheadIfDue()
  const told = await searchedQuestion(parts, question, options)
  const within = await parts.store.searches.within(question.filter)
  const searches = within ?? parts.store.searches
  const searched = { ...told, query: await searches.respelled(told.query) }
  const all = await retrieve({ ...parts, searches }, searched, options)
  const retrieved = within ? await restate({ ...parts, within }, all) : all
  const { entities, relations, chunks } = retrieved
  if (entities.length + relations.length + chunks.length === 0) return null
  const { settings, models } = parts
  const frame = models.answerer.prompt(answerInput(question, null))
  const selected = await selectContext(retrieved, searched, settings, models, frame, options)
  return { retrieved, selected, searchedFor: searched.query }
}

/** The text of an answer that no model makes, or null. */
function wholeText(
  parts: AnswerParts,
  question: Question,
  found: Found | null,
  stillProcessing: number,
): string | null {
  if (!found) return `${NOTHING}${whileProcessing(stillProcessing)}. ${NO_CONTEXT}`
  if (question.only === 'context') return found.selected.context
  if (question.only === 'prompt') {
    return parts.models.answerer.prompt(answerInput(question, found.selected))
  }
  return null
}

function whileProcessing(documents: number): string {
  if (documents === 0) return ''
  const are = documents === 1 ? '1 document is' : `${documents} documents are`
  return `, but ${are} still being processed; ask again when that is done`
}

/**
 * An answer as it arrives, or in one piece when it was asked for whole; behind it what is known of it.
 *
 * @param found what it was made from; null for none
 */
async function* pieces(
  question: Question,
  head: Pick<QueryEvent & { type: 'start' }, 'references' | 'stillProcessing'>,
  answer: AsyncIterable<string>,
  end: AnswerEnd,
  found: Found | null,
): AsyncGenerator<QueryEvent> {
  const { stream } = question
  if (stream) yield { type: 'start', ...head, streaming: true }
  let whole = ''
  for await (const text of answer) {
    whole += text
    if (stream && text !== '') yield { type: 'text', text }
  }
  if (!stream) {
    yield { type: 'start', ...head, streaming: false }
    yield { type: 'text', text: whole }
  }
  if (end.cut !== null) yield { type: 'cut', reason: end.cut }
  if (found !== null) yield await endOf(whole, question, found)
}

async function endOf(
  whole: string,
  { includeReferences }: Question,
  { selected }: Found,
): Promise<QueryEvent> {
  if (isNoAnswer(whole)) {
    return { type: 'end', noAnswer: 'not_in_passages', statements: null }
  }
  const statements = includeReferences ? await statementsOf(whole, selected) : null
  return { type: 'end', noAnswer: null, statements }
}

function noReferences({ includeReferences }: Question): Reference[] | null {
  return includeReferences ? [] : null
}

/** Where each passage speaks to the question. */
function placesOf({ selected, searchedFor }: Found): (chunk: StoredChunk) => Citation {
  const sentences = citedSentences(searchedFor, selected.chunks)
  return (chunk) => citationOf(chunk, sentences.get(chunk))
}

function referencesOf(
  selected: Selected,
  cited: (chunk: StoredChunk) => Citation,
  withContent: boolean,
): Reference[] {
  return selected.references.map(({ referenceId, filePath }) => {
    const chunks = selected.chunks.filter((chunk) => selected.referenceOf(chunk) === referenceId)
    return {
      reference_id: referenceId,
      file_path: filePath,
      document_id: chunks[0]?.documentId ?? '',
      citations: chunks.map(cited),
      ...(withContent ? { content: chunks.map((chunk) => chunk.content) } : {}),
    }
  })
}

function dataOf(question: Question, found: Found, documentOf: FirstDocuments): QueryData {
  const { retrieved, selected, searchedFor } = found
  const graph = question.mode !== 'naive'
  const cited = placesOf(found)
  return {
    status: 'success',
    message: 'Query executed successfully',
    data: {
      entities: selected.entities.map((entity) => ({
        entity_name: entity.name,
        entity_type: entity.type,
        description: entity.description,
        document_id: documentOf(entity),
        ...originOf(entity),
      })),
      relationships: selected.relations.map((relation) => ({
        src_id: relation.source,
        tgt_id: relation.target,
        description: relation.description,
        keywords: relation.keywords,
        weight: relation.weight,
        document_id: documentOf(relation),
        ...originOf(relation),
      })),
      chunks: selected.chunks.map((chunk) => ({
        reference_id: selected.referenceOf(chunk),
        content: chunk.content,
        file_path: chunk.filePath,
        ...cited(chunk),
      })),
      references: referencesOf(selected, cited, false),
    },
    metadata: {
      query_mode: question.mode,
      ...(searchedFor === question.query ? {} : { searched_for: searchedFor }),
      keywords: { high_level: retrieved.keywords.high, low_level: retrieved.keywords.low },
      processing_info: graph
        ? {
            total_entities_found: retrieved.entities.length,
            total_relations_found: retrieved.relations.length,
            entities_after_truncation: selected.entities.length,
            relations_after_truncation: selected.relations.length,
            merged_chunks_count: retrieved.chunks.length,
            final_chunks_count: selected.chunks.length,
          }
        : {
            total_chunks_found: retrieved.chunks.length,
            final_chunks_count: selected.chunks.length,
          },
    },
  }
}

function originOf(item: {
  sourceIds: readonly string[]
  filePaths: readonly string[]
  createdAt: number
}) {
  return {
    source_id: item.sourceIds.join(SEPARATOR),
    file_path: item.filePaths.join(SEPARATOR),
    created_at: Math.floor(item.createdAt / 1000),
  }
}
