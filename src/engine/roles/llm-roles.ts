import type { ModelCache } from '../ports/model-cache.ts'
import type { LanguageModel, Models, QuestionRewriter } from '../ports/models.ts'
import { CachedLanguageModel } from './cached-language-model.ts'
import { DEFAULT_EXTRACTION_WORDING, type ExtractionWording } from './extraction-prompts.ts'
import { LlmAnswerer } from './llm-answerer.ts'
import { isUsableExtraction, LlmExtractor } from './llm-extractor.ts'
import { isUsableKeywords, LlmKeywords } from './llm-keywords.ts'
import { isUsableQuestion, LlmRewriter } from './llm-rewriter.ts'
import { LlmSummarizer } from './llm-summarizer.ts'

/** The language model of each kind of work; null where there is none, and rules have to do. */
export interface RoleModels {
  readonly extract: LanguageModel | null
  readonly keyword: LanguageModel | null
  readonly query: LanguageModel | null
}

export interface RoleSettings {
  readonly gleaning?: boolean
  /** Whether extractions, and words and rewritings of questions, are kept and not asked for again. */
  readonly keepExtractions?: boolean
  readonly keepQuestions?: boolean
  readonly wording?: Partial<ExtractionWording>
  readonly answerPrompt?: string | undefined
}

type Roles = Pick<Models, 'extractor' | 'summarizer' | 'keywords' | 'rewriter' | 'answerer'>

/**
 * What language models do for one workspace, in a server and without one. Summaries are always kept.
 *
 * @param offlineRewriter asked where a model does not answer: that costs a question its conversation,
 * not its answer
 */
export function llmRoles(
  models: RoleModels,
  cache: ModelCache,
  offlineRewriter: QuestionRewriter | undefined,
  settings: RoleSettings = {},
): Partial<Roles> {
  const { gleaning = true, keepExtractions = true, keepQuestions = true } = settings
  const wording = { ...DEFAULT_EXTRACTION_WORDING, ...settings.wording }
  const { language } = wording
  const { extract, keyword, query } = models
  const asking = (model: LanguageModel, isUsable: (answer: string) => boolean) =>
    keepQuestions ? new CachedLanguageModel(model, cache, 'keywords', isUsable) : model
  return {
    ...(extract && {
      extractor: new LlmExtractor(
        keepExtractions
          ? new CachedLanguageModel(extract, cache, 'extract', isUsableExtraction)
          : extract,
        { gleaning, wording },
      ),
      summarizer: new LlmSummarizer(new CachedLanguageModel(extract, cache, 'summary'), language),
    }),
    ...(keyword && {
      keywords: new LlmKeywords(asking(keyword, isUsableKeywords), language),
      rewriter: new LlmRewriter(asking(keyword, isUsableQuestion), offlineRewriter),
    }),
    ...(query && { answerer: new LlmAnswerer(query, settings.answerPrompt) }),
  }
}
