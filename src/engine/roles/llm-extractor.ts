import { createHash } from 'node:crypto'
import { EngineError } from '../errors.ts'
import type {
  CallOptions,
  ChatMessage,
  EntityFragment,
  Extraction,
  ExtractionInput,
  Extractor,
  LanguageModel,
  RelationFragment,
} from '../models.ts'
import { orderedPair, pairKey } from '../pair.ts'
import type { ExtractionFormat } from './extraction-format.ts'
import {
  DEFAULT_EXTRACTION_WORDING,
  type ExtractionWording,
  extractionSystemPrompt,
  extractionUserPrompt,
  gleaningPrompt,
} from './extraction-prompts.ts'
import { JSON_FORMAT } from './json-format.ts'
import type { ParsedExtraction } from './parse-extraction.ts'
import { ROW_FORMAT } from './row-format.ts'

export interface LlmExtractorSettings {
  /** Whether to ask a second time for what was missed. */
  readonly gleaning: boolean
  readonly wording?: Partial<ExtractionWording> | undefined
}

/**
 * Reads entities and relations out of a chunk by asking a language model: as JSON where the model
 * can be held to a schema, as rows of text where not.
 */
export class LlmExtractor implements Extractor {
  readonly id: string
  readonly #model: LanguageModel
  readonly #gleaning: boolean
  readonly #rows: Asking
  #asking: Asking

  constructor(model: LanguageModel, settings: LlmExtractorSettings) {
    this.#model = model
    this.#gleaning = settings.gleaning
    const wording = { ...DEFAULT_EXTRACTION_WORDING, ...settings.wording }
    this.#rows = askingFor(ROW_FORMAT, wording)
    this.#asking = model.structured === true ? askingFor(JSON_FORMAT, wording) : this.#rows
    const { system, gleaning } = this.#asking
    const asked = JSON.stringify([system, this.#gleaning ? gleaning : null])
    const hash = createHash('sha256').update(asked).digest('hex').slice(0, 16)
    this.id = `llm-extractor:${model.id}:${hash}`
  }

  /** @throws {EngineError} `model_rejected` for an answer without a single record or end marker */
  async extract(input: ExtractionInput, options: CallOptions): Promise<Extraction> {
    const asking = this.#asking
    try {
      return await this.#extractAs(asking, input, options)
    } catch (error) {
      if (asking.format.held === null || !isRefusal(error)) throw error
      // The name of a model does not tell for certain that it can be held to a schema.
      const extraction = await this.#extractAs(this.#rows, input, options)
      this.#asking = this.#rows
      return extraction
    }
  }

  async #extractAs(
    { format, system, gleaning }: Asking,
    input: ExtractionInput,
    options: CallOptions,
  ): Promise<Extraction> {
    const held = format.held === null ? options : { ...options, format: format.held }
    const asked: ChatMessage[] = [
      { role: 'system', content: system },
      { role: 'user', content: extractionUserPrompt(input, format) },
    ]
    const answer = await this.#model.generate(asked, held)
    const first = readAnswer(answer.text, format)
    if (!isUsable(first)) {
      throw new EngineError('model_rejected', 'The model did not answer in the extraction format')
    }
    if (!this.#gleaning) return { entities: first.entities, relations: first.relations }
    const again: ChatMessage[] = [
      ...asked,
      { role: 'assistant', content: answer.text },
      { role: 'user', content: gleaning },
    ]
    const gleaned = await this.#model.generate(again, held)
    return mergeGleaned(first, readAnswer(gleaned.text, format))
  }
}

/** What is the same for every chunk. */
interface Asking {
  readonly format: ExtractionFormat
  readonly system: string
  readonly gleaning: string
}

function askingFor(format: ExtractionFormat, wording: ExtractionWording): Asking {
  const system = extractionSystemPrompt(wording, format)
  return { format, system, gleaning: gleaningPrompt(format) }
}

const isRefusal = (error: unknown) =>
  error instanceof EngineError && error.code === 'model_rejected'

/** Whether an answer can be kept for the next time the same chunk is asked about. */
export function isUsableExtraction(answer: string): boolean {
  return isUsable(readAnswer(answer, ROW_FORMAT))
}

/** In the format that was asked for, or else the other: it is paid for either way. */
function readAnswer(answer: string, format: ExtractionFormat): ParsedExtraction {
  const parsed = format.read(answer)
  if (isUsable(parsed)) return parsed
  return (format === ROW_FORMAT ? JSON_FORMAT : ROW_FORMAT).read(answer)
}

/** An end marker, or two empty lists, say that the passage holds nothing. */
function isUsable(parsed: ParsedExtraction): boolean {
  return parsed.complete || parsed.entities.length > 0 || parsed.relations.length > 0
}

/** What the second look adds, and what it says at greater length than the first. */
function mergeGleaned(first: Extraction, gleaned: Extraction): Extraction {
  return {
    entities: merged(first.entities, gleaned.entities, (entity: EntityFragment) => entity.name),
    relations: merged(first.relations, gleaned.relations, ({ source, target }: RelationFragment) =>
      pairKey(orderedPair(source, target)),
    ),
  }
}

function merged<T extends { readonly description: string }>(
  first: readonly T[],
  gleaned: readonly T[],
  keyOf: (row: T) => string,
): T[] {
  const rows = [...first]
  const placeOf = new Map<string, number>()
  for (const [place, row] of rows.entries()) {
    if (!placeOf.has(keyOf(row))) placeOf.set(keyOf(row), place)
  }
  for (const row of gleaned) {
    const place = placeOf.get(keyOf(row))
    if (place === undefined) {
      placeOf.set(keyOf(row), rows.length)
      rows.push(row)
    } else if (row.description.length > (rows[place]?.description.length ?? 0)) {
      rows[place] = row
    }
  }
  return rows
}
