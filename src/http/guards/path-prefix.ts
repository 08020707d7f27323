import type { FastifyRequest } from 'fastify'
import type { IsTrusted } from './proxy-trust.ts'

/** Segments of letters that need no escape, none of them `.` or `..`. */
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/
const LONGEST = 200

/** The path below which the callers of a request see the server, such as `/rag`; empty at the root. */
export type PrefixOf = (request: FastifyRequest) => string

/** `LIGHTRAG_API_PREFIX`, without a slash at its end. */
export function readPathPrefix(
  text: string,
): { readonly value: string } | { readonly problem: string } {
  const bare = text.replace(/\/$/, '')
  if (bare === '' || isPrefix(bare)) return { value: bare }
  return { problem: 'must be a path such as /rag' }
}

/** What a trusted proxy tells in `X-Forwarded-Prefix`, else the configured path. */
export function pathPrefix(configured: string, isTrusted: IsTrusted | undefined): PrefixOf {
  if (isTrusted === undefined) return () => configured
  return ({ headers, socket }) => {
    const told = headers['x-forwarded-prefix']
    if (typeof told !== 'string' || !isTrusted(socket.remoteAddress ?? '', 0)) return configured
    const bare = told.replace(/\/$/, '')
    return bare === '' || isPrefix(bare) ? bare : configured
  }
}

/** Takes the prefix off a target, for proxies that leave it on. */
export function withoutPrefix(target: string, prefix: string): string {
  if (!target.startsWith(prefix)) return target
  const rest = target.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : target
}

function isPrefix(text: string): boolean {
  return text.length <= LONGEST && PREFIX.test(text)
}
