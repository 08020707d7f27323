import type { ChatMessage, Generation, LanguageModel } from '../../engine/ports/models.ts'
import { unreadableAnswer } from '../calls/call-failure.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { type MeteredCallOptions, reportUsage, type UsageMeter } from '../calls/call-usage.ts'
import { cutReason, endCut, generationOf } from '../calls/cut-reason.ts'
import type { NoticeSink } from '../calls/notices.ts'
import { type Fields, fieldsOf, postForJson, postForLines } from '../calls/post-json.ts'
import { runCall } from '../calls/run-call.ts'
import { streamCall } from '../calls/stream-call.ts'
import { stripThinking } from '../calls/strip-thinking.ts'
import { type OllamaHost, type OllamaOptions, ollamaTarget, optionsField } from './ollama-host.ts'

export interface OllamaSettings extends UsageMeter, NoticeSink {
  readonly calls?: Partial<CallSettings> | undefined
  readonly options?: OllamaOptions | undefined
  /** Whether answers may be held to a schema; they may unless this is false. */
  readonly structured?: boolean | undefined
}

/** A chat model of Ollama, over its own API: the compatible one cannot set the context length. */
export function ollamaModel(
  host: OllamaHost,
  model: string,
  settings: OllamaSettings = {},
): LanguageModel {
  return new OllamaModel(host, model, settings)
}

class OllamaModel implements LanguageModel {
  readonly id: string
  readonly structured: boolean
  readonly shape: string
  readonly contextTokens: number | undefined
  readonly #host: OllamaHost
  readonly #model: string
  readonly #settings: OllamaSettings
  readonly #calls: CallSettings

  constructor(host: OllamaHost, model: string, settings: OllamaSettings) {
    this.id = `ollama:${model}`
    this.structured = settings.structured ?? true
    this.shape = JSON.stringify([host.host, settings.options ?? {}])
    this.contextTokens = messageTokens(settings.options)
    this.#host = host
    this.#model = model
    this.#settings = settings
    this.#calls = { ...DEFAULT_CALL_SETTINGS, ...settings.calls }
  }

  generate(messages: readonly ChatMessage[], options: MeteredCallOptions): Promise<Generation> {
    return runCall(this.#calls, options.signal, async (signal) => {
      const target = ollamaTarget(this.#host, '/api/chat')
      const body = this.#body(messages, false, options)
      const answer = await postForJson(target, body, signal)
      const usage = this.#report(options, answer)
      const text = stripThinking(contentOf(answer))
      const cut = answer.done === false ? 'unfinished' : cutReason(answer.done_reason)
      return generationOf(text, usage, cut, this.#tell)
    })
  }

  stream(messages: readonly ChatMessage[], options: MeteredCallOptions): AsyncIterable<string> {
    return streamCall(this.#calls, options.signal, (signal) =>
      this.#streamOnce(messages, options, signal),
    )
  }

  async *#streamOnce(
    messages: readonly ChatMessage[],
    options: MeteredCallOptions,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    const target = ollamaTarget(this.#host, '/api/chat')
    let last: Fields | undefined
    let said = false
    try {
      for await (const line of postForLines(
        target,
        this.#body(messages, true, { temperature: options.temperature }),
        signal,
      )) {
        last = line
        const content = contentOf(line)
        if (content !== '') {
          said = true
          yield content
        }
        if (line.done !== true) continue
        const cut = cutReason(line.done_reason)
        if (cut !== undefined) endCut(cut, said, options, this.#tell)
        return
      }
    } finally {
      // A reader who leaves early is not told the counts, but there was a call.
      if (last !== undefined) this.#report(options, last)
    }
    throw unreadableAnswer()
  }

  readonly #tell = (message: string) => this.#settings.onNotice?.({ model: this.id, message })

  #body(
    messages: readonly ChatMessage[],
    stream: boolean,
    { format, temperature }: Pick<MeteredCallOptions, 'format' | 'temperature'>,
  ) {
    const own = temperature === undefined ? {} : { temperature }
    return {
      model: this.#model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream,
      ...(format ? { format: format.schema } : {}),
      ...optionsField({ ...own, ...this.#settings.options }),
    }
  }

  #report(options: MeteredCallOptions, answer: Fields) {
    return reportUsage(this.#settings, this.id, options, {
      promptTokens: Number(answer.prompt_eval_count),
      completionTokens: Number(answer.eval_count),
    })
  }
}

/** What is kept of the window for the answer, in tokens, where its length has no limit. */
const FOR_ANSWER = 2_048
/** Tokens are counted by another vocabulary than the model's, which may need some more. */
const OF_OTHER_VOCABULARY = 0.9

/** What Ollama would cut off at the beginning is left out beforehand, by order of worth. */
function messageTokens({ num_ctx: window, num_predict: most }: OllamaOptions = {}) {
  if (typeof window !== 'number') return undefined
  const answer = typeof most === 'number' && most > 0 ? most : FOR_ANSWER
  return Math.max(0, Math.floor((window - Math.min(answer, window / 2)) * OF_OTHER_VOCABULARY))
}

function contentOf(answer: Fields): string {
  const { content } = fieldsOf(answer.message)
  return typeof content === 'string' ? content : ''
}
