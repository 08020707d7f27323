import type { Attempt } from '../pipeline/attempt.ts'
import { embedEach } from '../pipeline/embed-each.ts'
import { ModelUnavailable } from '../ports/engine-error.ts'
import type { EmbeddingModel, Models, Summarizer } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import { summarizeDescriptions } from '../roles/summarize-descriptions.ts'
import { tokenCount } from '../text/tokenizer.ts'
import type { ChangeParts } from './ask-models.ts'
import { AttemptCache } from './attempt-cache.ts'
import { SEPARATOR } from './merge-fragments.ts'

interface Makers {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
}

/** The parts that make a change of the graph, and what they had to leave out. */
export interface MakingParts extends ChangeParts {
  /** Items whose descriptions stand side by side because the model failed to make one of them. */
  readonly joined: ReadonlySet<string>
  /** The same, but no model is asked. They throw {@link NotSaidYet} where that would be needed. */
  readonly known: ChangeParts
}

/** A change needs more than models have said so far. */
export class NotSaidYet extends Error {
  override readonly name = 'NotSaidYet'
}

/**
 * The parts that make a change of the graph within one attempt.
 *
 * Where the model fails for the descriptions of an item, though it answers others, these stand side by
 * side until the item changes again; a vector that cannot be had stays pending. Of a change that may leave some,
 * the same holds while the models are out.
 *
 * @param answers what models have said before
 */
export function changeParts(
  { store, models, settings }: Makers,
  attempt: Attempt,
  answers = new AttemptCache(),
): MakingParts {
  const limits = {
    forceAt: settings.forceSummaryOnMerge,
    maxTokens: settings.summaryMaxTokens,
    contextTokens: settings.summaryContextSize,
    recommendedTokens: settings.summaryLengthRecommended,
  }
  const joined = new Set<string>()
  let isOut = false
  const partsWith = (summarizer: Summarizer, embedding: EmbeddingModel): ChangeParts => {
    const summarize = answers.describe((subject, descriptions, options) =>
      summarizeDescriptions(summarizer, subject, descriptions, limits, tokenCount, options),
    )
    const cached = answers.embedding(embedding)
    return {
      store,
      settings,
      describe: async (subject, descriptions, options) => {
        const key = `${subject.kind} ${subject.name}`
        // Asked once an attempt, however often the change is worked out.
        if (isOut || joined.has(key)) return sideBySide(descriptions, limits.maxTokens)
        try {
          return await summarize(subject, descriptions, options)
        } catch (error) {
          await attempt.leaveOut('llm', error).catch((outage: unknown) => {
            if (!options.mayLeavePending || !(outage instanceof ModelUnavailable)) throw outage
            isOut = true
          })
          joined.add(key)
          return sideBySide(descriptions, limits.maxTokens)
        }
      },
      embed: async (texts, { mayLeavePending, ...options }) => {
        try {
          return (await embedEach(cached, attempt, texts, options)).vectors
        } catch (error) {
          if (mayLeavePending && error instanceof ModelUnavailable) return new Map()
          throw error
        }
      },
    }
  }
  const askNobody = () => Promise.reject(new NotSaidYet('no model may be asked now'))
  return {
    ...partsWith(models.summarizer, models.embedding),
    joined,
    known: partsWith(
      { id: models.summarizer.id, summarize: askNobody },
      { id: models.embedding.id, dimension: models.embedding.dimension, embed: askNobody },
    ),
  }
}

/** As many descriptions as fit, the first one whole. */
function sideBySide(descriptions: readonly string[], maxTokens: number): string {
  const fitting: string[] = []
  let tokens = 0
  for (const description of descriptions) {
    tokens += tokenCount(description)
    if (fitting.length > 0 && tokens > maxTokens) break
    fitting.push(description)
  }
  return fitting.join(SEPARATOR)
}
