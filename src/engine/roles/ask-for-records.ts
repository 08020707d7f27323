import { EngineError } from '../ports/engine-error.ts'
import type {
  CallOptions,
  ChatMessage,
  CutReason,
  Extraction,
  ExtractionInput,
  Generation,
  LanguageModel,
} from '../ports/models.ts'
import type { ExtractionFormat } from './extraction-format.ts'
import { continuationPrompt, extractionUserPrompt } from './extraction-prompts.ts'
import { halvesOf } from './halves-of.ts'
import { JSON_FORMAT } from './json-format.ts'
import { countRecords, mergeRecords } from './merge-records.ts'
import type { ParsedExtraction } from './parse-extraction.ts'
import { ROW_FORMAT } from './row-format.ts'

/** Calls for one passage at most, however often its answers are cut off. */
const MOST_CALLS = 8
/** How often a cut-off answer is gone on with before the passage is cut in two. */
const CONTINUATIONS = 2

/** How one passage is asked about. */
export interface RecordsQuestion {
  readonly model: LanguageModel
  readonly format: ExtractionFormat
  readonly system: string
  readonly options: CallOptions
  /** Calls that are left; counted down. */
  readonly calls: { left: number }
}

/** What a conversation brought. */
export interface Records {
  readonly found: Extraction
  /** What the model wrote, up to the last complete record; null when it was asked in pieces. */
  readonly written: string | null
  /** Why records are missing; undefined when all are there. */
  readonly cut: CutReason | undefined
  /** Whether there was a record, or a word that there is none. */
  readonly isAnswer: boolean
}

export function callsFor(most: number = MOST_CALLS): { left: number } {
  return { left: most }
}

/**
 * The records of a passage. An answer that was cut off is gone on with; where that brings nothing,
 * the passage is asked about in halves. What is complete is kept all along.
 *
 * @throws {EngineError} `model_rejected` for an answer without a single record or end marker
 */
export async function askForRecords(
  question: RecordsQuestion,
  input: ExtractionInput,
): Promise<Records> {
  const { format, system, calls } = question
  const records = await goOnUntilWhole(question, [
    { role: 'system', content: system },
    { role: 'user', content: extractionUserPrompt(input, format) },
  ])
  if (records.cut === undefined && !records.isAnswer) {
    throw new EngineError('model_rejected', 'The model did not answer in the extraction format')
  }
  if (records.cut === undefined) return records
  const halves = halvesOf(input.text)
  if (halves === null || calls.left < halves.length) return records
  let { found } = records
  let cut: CutReason | undefined
  for (const text of halves) {
    const half = calls.left > 0 ? await askForHalf(question, { ...input, text }) : null
    if (half !== null) found = mergeRecords(found, half.found)
    cut ??= half === null ? records.cut : half.cut
  }
  return { found, written: null, cut, isAnswer: true }
}

/** Null when the answer was none: then the half is as good as cut off. */
async function askForHalf(
  question: RecordsQuestion,
  input: ExtractionInput,
): Promise<Records | null> {
  try {
    return await askForRecords(question, input)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'model_rejected') return null
    throw error
  }
}

/** Asks, and asks to go on as long as the answer is cut off and something new comes. */
export async function goOnUntilWhole(
  { model, format, options, calls }: RecordsQuestion,
  asked: readonly ChatMessage[],
): Promise<Records> {
  const held = format.held === null ? options : { ...options, format: format.held }
  calls.left--
  let answer = readAnswer(await model.generate(asked, held), format)
  const isAnswer = isUsable(answer.parsed)
  let { entities, relations } = answer.parsed
  let { written } = answer
  let isNew = countRecords(answer.parsed) > 0
  for (let times = 0; answer.cut !== undefined && isNew; times++) {
    if (answer.cut === 'content_filter' || times >= CONTINUATIONS || calls.left <= 0) break
    calls.left--
    const further: ChatMessage[] = [
      ...asked,
      { role: 'assistant', content: written },
      { role: 'user', content: continuationPrompt(format) },
    ]
    answer = readAnswer(await model.generate(further, held), format)
    const found = mergeRecords({ entities, relations }, answer.parsed)
    isNew = countRecords(found) > entities.length + relations.length
    entities = found.entities
    relations = found.relations
    written = `${written}\n${answer.written}`
  }
  return { found: { entities, relations }, written, cut: answer.cut, isAnswer }
}

/** Whether there is a record in an answer, or a word that there is none. */
export function isExtraction(answer: string): boolean {
  return isUsable(parsedAs(ROW_FORMAT, answer))
}

interface ReadAnswer {
  readonly parsed: ParsedExtraction
  readonly written: string
  readonly cut: CutReason | undefined
}

function readAnswer({ text, cut }: Generation, format: ExtractionFormat): ReadAnswer {
  const whole = parsedAs(format, text)
  // With its end, an answer is whole, whatever it came to behind that.
  if (cut === undefined || whole.complete) return { parsed: whole, written: text, cut: undefined }
  const written = format.untilCut(text)
  return { parsed: parsedAs(format, written), written, cut }
}

/** In the format that was asked for, or else the other: it is paid for either way. */
function parsedAs(format: ExtractionFormat, answer: string): ParsedExtraction {
  const parsed = format.read(answer)
  if (isUsable(parsed)) return parsed
  return (format === ROW_FORMAT ? JSON_FORMAT : ROW_FORMAT).read(answer)
}

/** An end marker, or two empty lists, say that the passage holds nothing. */
function isUsable(parsed: ParsedExtraction): boolean {
  return parsed.complete || countRecords(parsed) > 0
}
