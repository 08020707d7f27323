import { bearer } from '../calls/bearer.ts'
import type { PostTarget } from '../calls/post-json.ts'

export interface OllamaHost {
  /** Such as `http://localhost:11434`. */
  readonly host: string
  readonly apiKey?: string | undefined
}

/** Ollama's own options, such as `num_ctx` and `temperature`. */
export type OllamaOptions = Readonly<Record<string, unknown>>

export function ollamaTarget(host: OllamaHost, path: '/api/chat' | '/api/embed'): PostTarget {
  return { url: `${host.host.replace(/(?<!\/)\/+$/, '')}${path}`, headers: bearer(host.apiKey) }
}

/** The options as a field of a request, when there are any. */
export function optionsField(options: OllamaOptions = {}): { options?: OllamaOptions } {
  return Object.keys(options).length === 0 ? {} : { options }
}
