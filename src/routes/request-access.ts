import type { FastifyRequest } from 'fastify'
import type { Permission, RouteRule } from '../http/route-access.ts'
import { readChatQuery } from './ollama/ollama-query.ts'

/**
 * To put something in. Putting a text in the place of another changes a document, and who waits for
 * a document is shown how far it came.
 */
export const INSERT_ACCESS: RouteRule = { access: 'document:create', alsoNeeds: insertion }

/** To ask. A query that shows what was retrieved shows documents; who may only ask may not see those. */
export const QUERY_ACCESS: RouteRule = { access: 'query:run', alsoNeeds: rawDocuments }

/** To see what a question finds. */
export const QUERY_DATA_ACCESS: RouteRule = {
  access: 'query:run',
  alsoNeeds: () => ['document:read'],
}

/** To chat. A chat can ask for the context by the prefix of its last message. */
export const CHAT_ACCESS: RouteRule = { access: 'query:run', alsoNeeds: rawContext }

function insertion({ query }: FastifyRequest): readonly Permission[] {
  if (typeof query !== 'object' || query === null) return []
  const needs: Permission[] = []
  if ('on_conflict' in query && query.on_conflict === 'replace') needs.push('document:update')
  if ('wait' in query && query.wait !== 0) needs.push('document:read')
  return needs
}

function rawDocuments({ body }: FastifyRequest): readonly Permission[] {
  if (typeof body !== 'object' || body === null) return []
  const wants = ['only_need_context', 'only_need_prompt', 'include_chunk_content']
  return wants.some((name) => Reflect.get(body, name)) ? ['document:read'] : []
}

function rawContext({ body }: FastifyRequest): readonly Permission[] {
  if (typeof body !== 'object' || body === null || !('messages' in body)) return []
  const last: unknown = Array.isArray(body.messages) ? body.messages.at(-1) : undefined
  if (typeof last !== 'object' || last === null || !('content' in last)) return []
  return readChatQuery(String(last.content)).contextOnly ? ['document:read'] : []
}
