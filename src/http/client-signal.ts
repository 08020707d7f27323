import type { FastifyReply } from 'fastify'

/** A signal that is aborted when the client leaves before it has been answered in full. */
export function clientSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // It may have left while its request was still being read.
  if (reply.raw.closed) controller.abort()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
