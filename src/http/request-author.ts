import type { FastifyRequest } from 'fastify'

/** Who sends a request, for what remembers it. */
export interface RequestAuthor {
  /** The same for as long as the account lives. */
  readonly id: string
  /** As it was called when it sent this. */
  readonly name: string
}

const AUTHOR: unique symbol = Symbol('author')

declare module 'fastify' {
  interface FastifyRequest {
    [AUTHOR]?: RequestAuthor
  }
}

/** Says who sends a request. To be called by what knows the callers. */
export function authoredBy(request: FastifyRequest, author: RequestAuthor): void {
  request[AUTHOR] = author
}

/** Null where nobody knows the callers. */
export function authorOf(request: FastifyRequest): RequestAuthor | null {
  return request[AUTHOR] ?? null
}
