import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Rag } from '../../engine/rag.ts'
import type { QueryParams } from '../../engine/retrieve/query-calls.ts'
import { readAllAsJson } from '../../http/body/body-parsers.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { RequestValidationError } from '../../http/errors/validation-error.ts'
import { OLLAMA_DOCS } from '../../openapi/ollama-docs.ts'
import { NO_ANSWER } from '../query/answer-reader.ts'
import { answerLines } from '../query/line-stream.ts'
import { CHAT_ACCESS } from '../request-access.ts'
import { type AnswerFormat, lineFormat, wholeReply } from './ollama-answer.ts'
import { listedModel, OLLAMA_VERSION, runningModel } from './ollama-models.ts'
import { isErrand, readChatQuery } from './ollama-query.ts'
import {
  ChatBody,
  ChatReply,
  GenerateBody,
  GenerateReply,
  ModelsReply,
  VersionReply,
} from './ollama-schemas.ts'

/** Characters of earlier turns that go with a question; a long talk is heeded from its end. */
const MOST_CHARACTERS = 262_144

export interface OllamaOptions {
  /** What the server calls itself, such as `lightrag:latest`. */
  readonly model: string
  /** For the counters of the replies. */
  readonly countTokens: (text: string) => number
}

/** `/api/…`: the workspace as a model of Ollama, for chat programs. */
export const ollamaRoutes: FastifyPluginAsyncTypebox<
  OllamaOptions & { rag: Rag; quietMs: number }
> = async (app, { rag, model, countTokens, quietMs }) => {
  readAllAsJson(app)
  const schema = { body: ChatBody, response: { 200: ChatReply } }

  app.get(
    '/api/version',
    {
      config: { access: 'signed-in', doc: OLLAMA_DOCS['GET /api/version'] },
      schema: { response: { 200: VersionReply } },
    },
    async () => ({
      version: OLLAMA_VERSION,
    }),
  )

  app.get(
    '/api/tags',
    {
      config: { access: 'signed-in', doc: OLLAMA_DOCS['GET /api/tags'] },
      schema: { response: { 200: ModelsReply } },
    },
    async () => ({
      models: [listedModel(model)],
    }),
  )

  app.get(
    '/api/ps',
    {
      config: { access: 'signed-in', doc: OLLAMA_DOCS['GET /api/ps'] },
      schema: { response: { 200: ModelsReply } },
    },
    async () => ({
      models: [runningModel(model)],
    }),
  )

  app.post(
    '/api/chat',
    {
      config: { access: CHAT_ACCESS, doc: OLLAMA_DOCS['POST /api/chat'] },
      bodyLimit: BODY_BYTES.chat,
      schema,
      errorHandler: malformed,
    },
    (request, reply) => {
      const params = chatParams(request.body)
      const field = (content: string) => ({
        message: { role: 'assistant' as const, content, images: null },
      })
      const format = { model, countTokens, field, closing: {}, query: params.query }
      return request.body.stream
        ? streamed(rag, params, format, quietMs, request, reply)
        : whole(rag, params, format, reply)
    },
  )

  app.post(
    '/api/generate',
    {
      config: { access: 'query:run', doc: OLLAMA_DOCS['POST /api/generate'] },
      bodyLimit: BODY_BYTES.question,
      schema: { body: GenerateBody, response: { 200: GenerateReply } },
      errorHandler: malformed,
    },
    (request, reply) => {
      const { prompt, system, stream } = request.body
      const params = direct(prompt, [], system)
      const field = (response: string) => ({ response })
      const format = { model, countTokens, field, closing: { context: [] }, query: prompt }
      return stream
        ? streamed(rag, params, format, quietMs, request, reply)
        : whole(rag, params, format, reply)
    },
  )
}

type Turn = { readonly role: string; readonly content: string }

function chatParams({ messages, stream, system }: Static<typeof ChatBody>): QueryParams {
  const history: Turn[] = newestTurns(messages.slice(0, -1)).map(({ role, content }) => ({
    role,
    // A prefix chose the mode of its own question; it is no part of what was said.
    content: role === 'user' ? readChatQuery(content).query || content : content,
  }))
  const chat = readChatQuery(messages.at(-1)?.content ?? '')
  const { query, mode, contextOnly, userPrompt } = chat
  if (mode === 'bypass' || (!stream && isErrand(query))) {
    return { ...direct(query, history, system), user_prompt: userPrompt }
  }
  return {
    query,
    mode,
    only_need_context: contextOnly,
    user_prompt: userPrompt,
    conversation_history: history,
    include_references: false,
  }
}

/** A question to the model itself. What it is told of its role goes with this question alone. */
function direct(
  query: string,
  history: readonly Turn[],
  system: string | null | undefined,
): QueryParams {
  const role: Turn[] = system ? [{ role: 'system', content: system }] : []
  const conversation_history = [...role, ...history]
  return { query, mode: 'bypass', conversation_history, include_references: false }
}

async function whole<Field extends object, Closing extends object>(
  rag: Rag,
  params: QueryParams,
  format: AnswerFormat<Field, Closing>,
  reply: FastifyReply,
) {
  const started = performance.now()
  const answer = await rag.query(params, { signal: clientSignal(reply) })
  const elapsed = performance.now() - started
  const response = answer.response.trim() === '' ? NO_ANSWER : answer.response
  return wholeReply(format, response, answer.finish_reason, elapsed)
}

async function streamed(
  rag: Rag,
  params: QueryParams,
  format: AnswerFormat<object, object>,
  quietMs: number,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const signal = clientSignal(reply)
  // Called before the first await: what it runs in is decided here.
  const events = rag.queryStream({ ...params, stream: true }, { signal })
  const explain = (error: unknown) => request.explainError(error)
  const lines = await answerLines(lineFormat(format), events, { signal, explain, quietMs })
  return reply
    .headers({
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    .send(lines)
}

/** Ollama's clients know no 422. */
function malformed(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof RequestValidationError)) throw error
  reply.code(400).send({ detail: error.message })
}

/** The newest turns whose texts have room together, in their order, and nothing but their texts. */
function newestTurns(turns: readonly Turn[], most = MOST_CHARACTERS): Turn[] {
  let from = turns.length
  for (let room = most; from > 0; from--) {
    room -= turns[from - 1]?.content.length ?? 0
    if (room < 0) break
  }
  return turns.slice(from).map(({ role, content }) => ({ role, content }))
}
