import { join } from 'node:path'
import { LightRag } from './engine/light-rag.ts'
import type { EmbeddingModel, LanguageModel } from './engine/models.ts'
import { LlmAnswerer } from './engine/roles/llm-answerer.ts'
import { LlmExtractor } from './engine/roles/llm-extractor.ts'
import { LlmKeywords } from './engine/roles/llm-keywords.ts'
import { LlmSummarizer } from './engine/roles/llm-summarizer.ts'
import type { EngineSettings } from './engine/settings.ts'
import { tokenCount } from './engine/tokenizer.ts'
import { WorkerFileReader } from './formats/worker-file-reader.ts'
import {
  type EmbeddingModelObject,
  fromAiSdkEmbeddingModel,
} from './models/ai-sdk/ai-sdk-embedding-model.ts'
import {
  fromAiSdkLanguageModel,
  type LanguageModelObject,
} from './models/ai-sdk/ai-sdk-language-model.ts'
import { offlineModels } from './models/offline/offline-models.ts'
import { openSqliteStore } from './stores/sqlite/sqlite-store.ts'

export interface LightRagOptions {
  /** Folder of this workspace; made if need be. One process at a time may have it open. */
  readonly dir: string
  /** An AI SDK model, or one of your own. Without it the engine works by rules alone. */
  readonly llm?: LanguageModelObject | LanguageModel
  /** An AI SDK embedding model with its dimension, or one of your own. Without it: hashed words. */
  readonly embedding?:
    | { readonly model: EmbeddingModelObject; readonly dimension: number }
    | EmbeddingModel
  readonly settings?: Partial<EngineSettings>
}

/**
 * Opens the engine of one workspace, without any server. Close it when done.
 *
 * @throws {EngineError} `workspace_locked`, `dimension_mismatch`, `store_unavailable`
 */
export async function openLightRag(options: LightRagOptions): Promise<LightRag> {
  const offline = offlineModels(tokenCount)
  const embedding = options.embedding ? embeddingOf(options.embedding) : offline.embedding
  const store = await openSqliteStore({ dir: options.dir, embedding })
  return LightRag.open({
    store,
    models: {
      ...offline,
      ...(options.llm ? llmRoles(languageModelOf(options.llm)) : {}),
      embedding,
    },
    ...(options.settings ? { settings: options.settings } : {}),
    inputDir: join(options.dir, 'inputs'),
    fileReader: new WorkerFileReader(),
    workingDir: options.dir,
  })
}

function llmRoles(model: LanguageModel) {
  return {
    extractor: new LlmExtractor(model, { gleaning: true }),
    keywords: new LlmKeywords(model),
    summarizer: new LlmSummarizer(model),
    answerer: new LlmAnswerer(model),
  }
}

function languageModelOf(model: LanguageModelObject | LanguageModel): LanguageModel {
  return 'generate' in model ? model : fromAiSdkLanguageModel(model)
}

function embeddingOf(embedding: NonNullable<LightRagOptions['embedding']>): EmbeddingModel {
  return 'embed' in embedding
    ? embedding
    : fromAiSdkEmbeddingModel(embedding.model, embedding.dimension)
}
