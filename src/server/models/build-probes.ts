import type { Config } from '../../config/config.ts'
import { modelChoice, ROLES, type Role } from '../../config/role-fields.ts'
import type { EmbeddingModel, LanguageModel, RerankModel } from '../../engine/ports/models.ts'
import { shapeOf } from '../../engine/roles/cached-language-model.ts'
import {
  embeddingModelProbe,
  languageModelProbe,
  type ModelProbe,
  type ModelVariables,
  rerankModelProbe,
  scheduledProbe,
} from '../../models/schedule/model-probes.ts'
import type { Slots } from '../../models/schedule/scheduler.ts'

/** What there is to check; null for what answers offline. */
export interface ProbedModels {
  readonly llms: Readonly<Record<Role, { readonly model: LanguageModel } | null>>
  readonly embedding: EmbeddingModel | null
  readonly reranker: RerankModel | undefined
  /** Where their calls wait with all others. */
  readonly slots: { readonly llm: Slots; readonly embedding: Slots }
}

/** One probe a model, whatever roles it has. */
export function buildProbes(config: Config, models: ProbedModels): ModelProbe[] {
  const { embedding, reranker, slots } = models
  const probes = [...languageProbes(config, models)]
  if (reranker) {
    const probed = { variables: variablesOf('RERANK'), isOllama: false }
    probes.push(rerankModelProbe(reranker, probed))
  }
  const inTurn = probes.map((probe) => scheduledProbe(probe, slots.llm))
  if (embedding === null) return inTurn
  const isOllama = config.EMBEDDING_BINDING === 'ollama'
  const probe = embeddingModelProbe(embedding, { variables: variablesOf('EMBEDDING'), isOllama })
  return [...inTurn, scheduledProbe(probe, slots.embedding)]
}

function languageProbes(config: Config, { llms }: ProbedModels): Iterable<ModelProbe> {
  const probes = new Map<string, ModelProbe>()
  for (const role of ROLES) {
    const model = llms[role]?.model
    if (model === undefined || probes.has(shapeOf(model))) continue
    const isOllama = modelChoice(config, role).binding === 'ollama'
    const asksForJson = role === 'EXTRACT' && model.structured === true
    const probed = { variables: variablesOf(prefixOf(config, role)), isOllama }
    probes.set(shapeOf(model), languageModelProbe(model, asksForJson, probed))
  }
  return probes.values()
}

/** A role without a model of its own is set up by the variables of all. */
function prefixOf(config: Config, role: Role): string {
  const own = config[`${role}_LLM_BINDING_HOST`] ?? config[`${role}_LLM_MODEL`]
  return own === undefined && config[`${role}_LLM_BINDING`] === 'common' ? 'LLM' : `${role}_LLM`
}

function variablesOf(name: string): ModelVariables {
  return { host: `${name}_BINDING_HOST`, key: `${name}_BINDING_API_KEY`, model: `${name}_MODEL` }
}
