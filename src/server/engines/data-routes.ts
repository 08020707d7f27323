import type { Config } from '../../config/config.ts'
import type { PageFetcher } from '../../engine/documents/page-calls.ts'
import type { Rag } from '../../engine/rag.ts'
import { tokenCount } from '../../engine/text/tokenizer.ts'
import type { EventSource } from '../../routes/events.ts'
import type { RoutesOptions } from '../../routes/register-routes.ts'
import { context } from '../../tenancy/context.ts'
import type { EngineServices } from './engine-services.ts'

/**
 * What the handlers of the data are registered with.
 *
 * @param pages fetches pages of the web
 */
export function dataRoutes(
  config: Config,
  rag: Rag,
  events: EventSource,
  { about, gauges }: Pick<EngineServices, 'about' | 'gauges'>,
  pages: PageFetcher,
): RoutesOptions {
  return {
    rag,
    pages,
    events,
    health: { ...about, details: () => context.current() !== undefined, gauges },
    ollama: {
      model: `${config.OLLAMA_EMULATING_MODEL_NAME}:${config.OLLAMA_EMULATING_MODEL_TAG}`,
      countTokens: tokenCount,
    },
    answerQuietMs: config.STREAM_KEEP_ALIVE_SECONDS * 1000,
    maxUploadBytes: config.MAX_UPLOAD_SIZE,
    maxTextBodyBytes: config.MAX_REQUEST_BODY_BYTES,
    maxUploadSilenceMs: config.REQUEST_SILENCE_SECONDS * 1000,
  }
}
