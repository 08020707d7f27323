import { EngineError, ModelUnavailable } from '../../engine/ports/engine-error.ts'
import type {
  AnswerFormat,
  EmbeddingModel,
  Generation,
  LanguageModel,
  RerankModel,
} from '../../engine/ports/models.ts'
import { innermostObjects } from '../../engine/roles/innermost-objects.ts'
import type { Slots } from './scheduler.ts'

/** Names of the variables that set a model up, for advice. */
export interface ModelVariables {
  readonly host: string
  readonly key: string
  readonly model: string
}

/** One small call that shows whether a model works as it is configured. */
export interface ModelProbe {
  /** Id of the model. */
  readonly model: string
  /** Such as "language model". */
  readonly kind: string
  /** What is wrong, with advice, as sentences; null when all is well. */
  run(signal: AbortSignal): Promise<string | null>
}

/** In milliseconds, once a slot is free. A model that is loaded first may take its time. */
const PATIENCE_MS = 60_000

/** The name under which they wait for slots; it is no workspace's. */
const NOBODYS = ''

/**
 * A probe that waits for a slot behind what questions and documents ask, and has a limited time from
 * then on. It rejects when the signal fires while it waits.
 */
export function scheduledProbe(probe: ModelProbe, slots: Slots): ModelProbe {
  const run = (signal: AbortSignal) =>
    slots.run(NOBODYS, 'extract', signal, () =>
      probe.run(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])),
    )
  return { ...probe, run }
}

interface Probed {
  readonly variables: ModelVariables
  /** Whether it is Ollama's, whose models have to be fetched. */
  readonly isOllama: boolean
}

const ASKED = 'Reply with this JSON object and nothing else: {"ok": true}'
const FORMAT: AnswerFormat = {
  name: 'check',
  schema: {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  },
}
const NO_JSON =
  'It does not keep to a JSON schema, so extraction asks for rows after a call in vain; set ENTITY_EXTRACTION_USE_JSON=false.'

/** @param asksForJson whether extraction will hold it to a schema */
export function languageModelProbe(
  model: LanguageModel,
  asksForJson: boolean,
  probed: Probed,
): ModelProbe {
  const ask = (signal: AbortSignal, format?: AnswerFormat) =>
    model.generate([{ role: 'user', content: ASKED }], { lane: 'extract', signal, format })
  return {
    model: model.id,
    kind: 'language model',
    run: (signal) =>
      findingOf(probed, signal, async () => {
        if (!asksForJson) return cutFinding(await ask(signal))
        const held = await ask(signal, FORMAT).catch((error: unknown) => {
          if (isBadRequest(error)) return null
          throw error
        })
        if (held === null) {
          await ask(signal)
          return NO_JSON
        }
        return cutFinding(held) ?? (isJson(held.text) ? null : NO_JSON)
      }),
  }
}

export function embeddingModelProbe(model: EmbeddingModel, probed: Probed): ModelProbe {
  return {
    model: model.id,
    kind: 'embedding model',
    run: (signal) =>
      findingOf(probed, signal, async () => {
        await model.embed(['yes'], { lane: 'extract', kind: 'query', signal })
        return null
      }),
  }
}

export function rerankModelProbe(model: RerankModel, probed: Probed): ModelProbe {
  return {
    model: model.id,
    kind: 'reranker',
    run: (signal) =>
      findingOf(probed, signal, async () => {
        const ranked = await model.rerank('yes', ['yes', 'no'], 2, { lane: 'extract', signal })
        return ranked.length > 0 ? null : 'It sent no result with an index and a score.'
      }),
  }
}

async function findingOf(
  probed: Probed,
  signal: AbortSignal,
  probe: () => Promise<string | null>,
): Promise<string | null> {
  try {
    return await probe()
  } catch (error) {
    if (error instanceof EngineError) return `${error.message}. ${adviceFor(error, probed)}`.trim()
    return signal.aborted
      ? `It gave no answer in time. Look at ${probed.variables.host}.`
      : 'Its answer could not be understood.'
  }
}

/** Which variable to change; empty where none can help. */
function adviceFor(error: EngineError, { variables, isOllama }: Probed): string {
  if (error.code === 'dimension_mismatch') return `Set EMBEDDING_DIM=${error.details.actual}.`
  const status = Number(error.details.status)
  if (status === 401 || status === 403) return `Look at ${variables.key}.`
  if (status === 404 && isOllama)
    return `Fetch the model with "ollama pull", or correct ${variables.model}.`
  if (status === 404) {
    return `Look at ${variables.model}, and at ${variables.host}, which ends with the version (/v1).`
  }
  if (error instanceof ModelUnavailable && error.kind === 'unreachable') {
    return `Look at ${variables.host}; in a container, localhost is the container itself.`
  }
  const isBusy = error instanceof ModelUnavailable && error.kind === 'busy'
  return isBusy ? '' : `Look at ${variables.host} and ${variables.model}.`
}

function cutFinding({ cut }: Generation): string | null {
  return cut === 'length'
    ? 'It came to its limit of tokens in a short answer; raise LLM_MAX_TOKENS.'
    : null
}

function isBadRequest(error: unknown): boolean {
  const status = error instanceof EngineError ? Number(error.details.status) : 0
  return status === 400 || status === 422
}

/** Extraction reads it in the same way, whatever stands around it. */
function isJson(text: string): boolean {
  const [object] = innermostObjects(text)
  try {
    return object !== undefined && JSON.parse(object) !== null
  } catch {
    return false
  }
}
