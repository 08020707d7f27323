import { createHash } from 'node:crypto'
import { EngineError } from '../ports/engine-error.ts'
import type {
  CallOptions,
  CutReason,
  Extraction,
  ExtractionInput,
  Extractor,
  LanguageModel,
} from '../ports/models.ts'
import {
  askForRecords,
  callsFor,
  goOnUntilWhole,
  isExtraction,
  type RecordsQuestion,
} from './ask-for-records.ts'
import type { ExtractionFormat } from './extraction-format.ts'
import {
  DEFAULT_EXTRACTION_WORDING,
  type ExtractionWording,
  extractionSystemPrompt,
  extractionUserPrompt,
  gleaningPrompt,
} from './extraction-prompts.ts'
import { withFound } from './found-before.ts'
import { JSON_FORMAT } from './json-format.ts'
import { countRecords, mergeRecords } from './merge-records.ts'
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
    const question: RecordsQuestion = {
      model: this.#model,
      format,
      system,
      options: { ...options, temperature: 0 },
      calls: callsFor(),
    }
    const { found, written, cut } = await askForRecords(question, input)
    if (cut !== undefined) return cutOff(found, cut)
    if (!this.#gleaning || written === null) return found
    const again = await unlessRefused(
      goOnUntilWhole({ ...question, calls: callsFor(MOST_GLEANING_CALLS) }, [
        { role: 'system', content: system },
        { role: 'user', content: extractionUserPrompt(input, format) },
        { role: 'assistant', content: written },
        { role: 'user', content: gleaning },
      ]),
    ).catch((error: unknown) => {
      throw withFound(error, found)
    })
    if (again === null) return found
    const both = mergeRecords(found, again.found)
    return again.cut === undefined ? both : cutOff(both, again.cut)
  }
}

/** Of the calls for a second look. */
const MOST_GLEANING_CALLS = 3

/** A second look that the provider refuses, as when it is too long, takes nothing from the first. */
async function unlessRefused<T>(look: Promise<T>): Promise<T | null> {
  try {
    return await look
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

/** What is complete of an answer, with the reason why there is no more. */
function cutOff(found: Extraction, cut: CutReason): Extraction {
  const why = CUT_BY[cut]
  if (countRecords(found) === 0) {
    throw new EngineError('model_rejected', `The model's answer was cut off ${why}`, {
      details: { cut },
    })
  }
  return { ...found, incomplete: `The model's answer was cut off ${why}; what came before is kept` }
}

const CUT_BY: Readonly<Record<CutReason, string>> = {
  length: 'at its limit of tokens',
  content_filter: "by the provider's content filter",
  unfinished: 'before its end',
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

/** Refused, or answered in no form that can be read; not: begun, and cut off. */
const isRefusal = (error: unknown) =>
  error instanceof EngineError && error.code === 'model_rejected' && !('cut' in error.details)

/** Whether an answer can be kept for the next time the same chunk is asked about. */
export function isUsableExtraction(answer: string): boolean {
  return isExtraction(answer)
}
