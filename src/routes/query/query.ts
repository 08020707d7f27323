import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Rag } from '../../engine/rag.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { clientSignal } from '../../http/client-signal.ts'
import { RequestValidationError } from '../../http/errors/validation-error.ts'
import { QUERY_DOCS } from '../../openapi/query-docs.ts'
import { QUERY_ACCESS, QUERY_DATA_ACCESS } from '../request-access.ts'
import { NO_ANSWER } from './answer-reader.ts'
import { answerLines } from './line-stream.ts'
import { NDJSON_ANSWER } from './ndjson-answer.ts'
import { QueryBody, QueryDataReply, QueryReply } from './query-schemas.ts'

/** `/query` answers, `/query/stream` answers piece by piece, `/query/data` shows what was found. */
export const queryRoutes: FastifyPluginAsyncTypebox<{ rag: Rag; quietMs: number }> = async (
  app,
  { rag, quietMs },
) => {
  app.post(
    '/query',
    {
      config: { access: QUERY_ACCESS, doc: QUERY_DOCS['POST /query'] },
      bodyLimit: BODY_BYTES.question,
      schema: { body: QueryBody, response: { 200: QueryReply } },
    },
    async ({ body }, reply) => {
      const answer = await rag.query(body, { signal: clientSignal(reply) })
      return answer.response.trim() === '' ? { ...answer, response: NO_ANSWER } : answer
    },
  )

  app.post(
    '/query/stream',
    {
      config: { access: QUERY_ACCESS, doc: QUERY_DOCS['POST /query/stream'] },
      bodyLimit: BODY_BYTES.question,
      schema: { body: QueryBody },
    },
    async (request, reply) => {
      const signal = clientSignal(reply)
      // Called before the first await: what it runs in is decided here.
      const events = rag.queryStream(request.body, { signal })
      const explain = (error: unknown) => request.explainError(error)
      const answer = await answerLines(NDJSON_ANSWER, events, { signal, explain, quietMs })
      return reply
        .headers({
          'content-type': 'application/x-ndjson',
          'cache-control': 'no-cache',
          'x-accel-buffering': 'no',
        })
        .send(answer)
    },
  )

  app.post(
    '/query/data',
    {
      config: { access: QUERY_DATA_ACCESS, doc: QUERY_DOCS['POST /query/data'] },
      bodyLimit: BODY_BYTES.question,
      schema: { body: QueryBody, response: { 200: QueryDataReply } },
      errorHandler: invalidDataQuery,
    },
    async ({ body }, reply) => rag.queryData(body, { signal: clientSignal(reply) }),
  )
}

/** LightRAG answers a question that does not fit in the shape of the answer, with 400. */
function invalidDataQuery(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof RequestValidationError)) throw error
  const message = `Validation error: ${error.message}`
  reply.code(400).send({ status: 'failure', message, data: {}, metadata: {} })
}
