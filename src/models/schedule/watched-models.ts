import type { ModelHealth, Probe } from '../../engine/ports/model-health.ts'
import type { EmbeddingModel, LanguageModel, ModelCheck } from '../../engine/ports/models.ts'

/** A language model of which each answer is noted. */
export function watchedLanguageModel(model: LanguageModel, health: ModelHealth): LanguageModel {
  return {
    id: model.id,
    structured: model.structured,
    shape: model.shape,
    contextTokens: model.contextTokens,
    generate: async (messages, options) => {
      const answer = await model.generate(messages, options)
      health.answered()
      return answer
    },
    stream: (messages, options) => noted(model.stream(messages, options), health),
  }
}

async function* noted(
  pieces: AsyncIterable<string>,
  health: ModelHealth,
): AsyncGenerator<string, void, undefined> {
  let answered = false
  for await (const piece of pieces) {
    if (!answered) health.answered()
    answered = true
    yield piece
  }
}

/** An embedding model of which each answer is noted. */
export function watchedEmbeddingModel(model: EmbeddingModel, health: ModelHealth): EmbeddingModel {
  return {
    id: model.id,
    dimension: model.dimension,
    ...(model.retrievalShare === undefined ? {} : { retrievalShare: model.retrievalShare }),
    embed: async (texts, options) => {
      const vectors = await model.embed(texts, options)
      health.answered()
      return vectors
    },
  }
}

/** @param model one whose answers are not noted, or its probes would pass for answers */
export function languageModelCheck(model: LanguageModel, health: ModelHealth): ModelCheck {
  const messages = [{ role: 'user', content: 'Reply with the word "yes".' }] as const
  const probe: Probe = (signal) => model.generate(messages, { lane: 'query', signal })
  return { health, probe }
}

/** Likewise. */
export function embeddingModelCheck(model: EmbeddingModel, health: ModelHealth): ModelCheck {
  const probe: Probe = (signal) => model.embed(['yes'], { lane: 'query', kind: 'query', signal })
  return { health, probe }
}
