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
import { orderedPair, pairKey } from '../store.ts'
import {
  DEFAULT_EXTRACTION_WORDING,
  type ExtractionWording,
  extractionSystemPrompt,
  extractionUserPrompt,
  GLEANING_PROMPT,
  gleaningMessages,
} from './extraction-prompts.ts'
import { type ParsedExtraction, parseExtraction } from './parse-extraction.ts'

export interface LlmExtractorSettings {
  /** Whether to ask a second time for what was missed. */
  readonly gleaning: boolean
  readonly wording?: Partial<ExtractionWording> | undefined
}

/** Reads entities and relations out of a chunk by asking a language model. */
export class LlmExtractor implements Extractor {
  readonly id: string
  readonly #model: LanguageModel
  readonly #gleaning: boolean
  readonly #systemPrompt: string

  constructor(model: LanguageModel, settings: LlmExtractorSettings) {
    this.#model = model
    this.#gleaning = settings.gleaning
    this.#systemPrompt = extractionSystemPrompt({
      ...DEFAULT_EXTRACTION_WORDING,
      ...settings.wording,
    })
    const asked = JSON.stringify([this.#systemPrompt, this.#gleaning ? GLEANING_PROMPT : null])
    const hash = createHash('sha256').update(asked).digest('hex').slice(0, 16)
    this.id = `llm-extractor:${model.id}:${hash}`
  }

  /** @throws {EngineError} `model_rejected` for an answer without a single record or end marker */
  async extract(input: ExtractionInput, options: CallOptions): Promise<Extraction> {
    const asked: ChatMessage[] = [
      { role: 'system', content: this.#systemPrompt },
      { role: 'user', content: extractionUserPrompt(input) },
    ]
    const answer = await this.#model.generate(asked, options)
    const first = parseExtraction(answer.text)
    if (!isUsable(first)) {
      throw new EngineError('model_rejected', 'The model did not answer in the extraction format')
    }
    if (!this.#gleaning) return { entities: first.entities, relations: first.relations }
    const gleaned = await this.#model.generate(gleaningMessages(asked, answer.text), options)
    return mergeGleaned(first, parseExtraction(gleaned.text))
  }
}

/** Whether an answer can be kept for the next time the same chunk is asked about. */
export function isUsableExtraction(answer: string): boolean {
  return isUsable(parseExtraction(answer))
}

/** An end marker alone says that the passage holds nothing. */
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
