import {
  type LanguageModel as AiSdkLanguageModel,
  generateText,
  type ModelMessage,
  streamText,
  wrapLanguageModel,
} from 'ai'
import type {
  AnswerFormat,
  ChatMessage,
  CutReason,
  Generation,
  LanguageModel,
} from '../../engine/ports/models.ts'
import { unreadableAnswer } from '../calls/call-failure.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { type MeteredCallOptions, reportUsage, type UsageMeter } from '../calls/call-usage.ts'
import { cutReason, endCut, generationOf } from '../calls/cut-reason.ts'
import type { NoticeSink } from '../calls/notices.ts'
import { runCall } from '../calls/run-call.ts'
import { streamCall } from '../calls/stream-call.ts'
import { stripThinking } from '../calls/strip-thinking.ts'
import { callFailureOf } from './call-failure-of.ts'

/** A model object of any AI SDK provider; names, which need a gateway, are not accepted. */
export type LanguageModelObject = Exclude<AiSdkLanguageModel, string>

/** What is sent with every request; what is absent is left to the provider. */
export interface SamplingSettings {
  readonly temperature?: number
  readonly topP?: number
  readonly maxOutputTokens?: number
}

export interface LanguageModelSettings extends UsageMeter, NoticeSink {
  readonly calls?: Partial<CallSettings> | undefined
  readonly sampling?: SamplingSettings | undefined
  /** Part of every cache key; by default provider and model name. */
  readonly id?: string | undefined
  /** What else shapes answers beside `sampling`, such as an address. */
  readonly shape?: unknown
  /** Whether it can be held to a schema; not unless this says so. */
  readonly structured?: boolean | undefined
}

export function fromAiSdkLanguageModel(
  model: LanguageModelObject,
  settings: LanguageModelSettings = {},
): LanguageModel {
  return new AiSdkModel(model, settings)
}

class AiSdkModel implements LanguageModel {
  readonly id: string
  readonly structured: boolean
  readonly shape: string
  readonly #model: LanguageModelObject
  readonly #settings: LanguageModelSettings
  readonly #calls: CallSettings

  constructor(model: LanguageModelObject, settings: LanguageModelSettings) {
    this.id = settings.id ?? `${model.provider}:${model.modelId}`
    this.structured = settings.structured ?? false
    this.shape = JSON.stringify([settings.shape ?? null, settings.sampling ?? {}])
    this.#model = model
    this.#settings = settings
    this.#calls = { ...DEFAULT_CALL_SETTINGS, ...settings.calls }
  }

  generate(messages: readonly ChatMessage[], options: MeteredCallOptions): Promise<Generation> {
    return runCall(this.#calls, options.signal, (signal) =>
      this.#generateOnce(messages, options, signal),
    )
  }

  stream(messages: readonly ChatMessage[], options: MeteredCallOptions): AsyncIterable<string> {
    return streamCall(this.#calls, options.signal, (signal) =>
      this.#streamOnce(messages, options, signal),
    )
  }

  async #generateOnce(
    messages: readonly ChatMessage[],
    options: MeteredCallOptions,
    signal: AbortSignal,
  ): Promise<Generation> {
    const result = await generateText({
      ...this.#request(messages, options, signal),
      model: options.format ? heldTo(options.format, this.#model) : this.#model,
    }).catch((error: unknown) => {
      throw callFailureOf(error)
    })
    const usage = this.#report(options, result.totalUsage)
    const cut = cutReason(result.rawFinishReason ?? result.finishReason)
    return generationOf(stripThinking(result.text), usage, cut, this.#tell)
  }

  async *#streamOnce(
    messages: readonly ChatMessage[],
    options: MeteredCallOptions,
    signal: AbortSignal,
  ): AsyncGenerator<string, void, undefined> {
    // Errors come as parts of the stream; the default handler would print them as well.
    const result = streamText({ ...this.#request(messages, options, signal), onError: () => {} })
    let usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined
    let ended = false
    let said = false
    let cut: CutReason | undefined
    try {
      for await (const part of result.fullStream) {
        if (part.type === 'text-delta' && part.text !== '') {
          usage ??= {}
          said = true
          yield part.text
        }
        if (part.type === 'error') throw part.error
        if (part.type === 'finish') {
          usage = part.totalUsage
          // Without the provider's own reason the stream was cut off, however politely.
          ended = part.finishReason !== 'other' || part.rawFinishReason !== undefined
          cut = cutReason(part.rawFinishReason ?? part.finishReason)
        }
      }
    } catch (error) {
      throw callFailureOf(error)
    } finally {
      // A reader who leaves early is not told the counts, but there was a call.
      if (usage !== undefined) this.#report(options, usage)
    }
    if (!ended) throw unreadableAnswer()
    if (cut !== undefined) endCut(cut, said, options, this.#tell)
  }

  readonly #tell = (message: string) => this.#settings.onNotice?.({ model: this.id, message })

  #request(
    messages: readonly ChatMessage[],
    { temperature }: MeteredCallOptions,
    abortSignal: AbortSignal,
  ) {
    return {
      ...(temperature === undefined ? {} : { temperature }),
      ...this.#settings.sampling,
      model: this.#model,
      messages: messages.map(({ role, content }): ModelMessage => ({ role, content })),
      // The system messages are ours; the SDK warns because it cannot know that.
      allowSystemInMessages: true,
      maxRetries: 0,
      abortSignal,
    }
  }

  #report(
    options: MeteredCallOptions,
    usage: { inputTokens?: number | undefined; outputTokens?: number | undefined },
  ) {
    return reportUsage(this.#settings, this.id, options, {
      promptTokens: usage.inputTokens,
      completionTokens: usage.outputTokens,
    })
  }
}

/**
 * The SDK's own way fails a call whose answer breaks the schema, such as one that was cut off; what
 * it holds is worth reading all the same.
 */
function heldTo({ name, schema }: AnswerFormat, model: LanguageModelObject): LanguageModelObject {
  if (model.specificationVersion !== 'v3') return model
  return wrapLanguageModel({
    model,
    middleware: {
      specificationVersion: 'v3',
      transformParams: async ({ params }) => ({
        ...params,
        responseFormat: { type: 'json', name, schema },
      }),
    },
  })
}
