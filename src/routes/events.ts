import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { clientSignal } from '../http/client-signal.ts'
import { EVENT_DOCS } from '../openapi/event-docs.ts'

/** Something that happened. */
export interface ServerEvent {
  /** By which a listener who comes back says what it has heard; empty for what is not counted. */
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface EventSource {
  /**
   * What happens from now on where the caller is, or from behind an event; null is a sign of life. To be
   * called before the first await.
   *
   * @param lastId of the event that was heard last
   */
  open(lastId: string | undefined, signal: AbortSignal): AsyncIterable<ServerEvent | null>
}

/** In milliseconds: after so long a browser comes back. */
const COME_BACK_MS = 2000
const LONGEST_ID = 100
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

/** `GET /events` pushes what happens to documents, as server-sent events. */
export const eventRoutes: FastifyPluginAsyncTypebox<{ events: EventSource }> = async (
  app,
  { events },
) => {
  app.get(
    '/events',
    { config: { access: 'document:read', doc: EVENT_DOCS['GET /events'], codedErrors: true } },
    async (request, reply) => {
      // Nobody would read it, nor say that it is over.
      if (request.method === 'HEAD') return reply.headers(HEADERS).send()
      const signal = clientSignal(reply)
      const { 'last-event-id': given } = request.headers
      const lastId =
        typeof given === 'string' && given !== '' ? given.slice(0, LONGEST_ID) : undefined
      const heard = events.open(lastId, signal)
      const pieces = Readable.from(written(heard), { objectMode: false, signal })
      return reply.headers(HEADERS).send(pieces)
    },
  )
}

async function* written(events: AsyncIterable<ServerEvent | null>): AsyncGenerator<Buffer> {
  yield Buffer.from(`retry: ${COME_BACK_MS}\n\n`)
  for await (const event of events) {
    if (event === null) yield Buffer.from(':\n\n')
    else {
      const id = event.id === '' ? '' : `id: ${event.id}\n`
      yield Buffer.from(`${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`)
    }
  }
}
