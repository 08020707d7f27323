import type { FastifyInstance, FastifyRequest } from 'fastify'
import { jsonErrorPosition } from './json-error-position.ts'
import { RequestValidationError } from './validation-error.ts'

/**
 * Reads request bodies as FastAPI does: JSON under a JSON content type; anything else reaches
 * validation as plain text, which no object schema accepts. No body at all is `undefined`.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i,
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseJson(body),
  )
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => (body === '' ? undefined : body),
  )
}

/** Reads every body of this scope as JSON, whatever it says it is. */
export function readAllAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => parseJson(body),
  )
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  const text = decodeUtf8(body)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not JSON'
    throw invalidJson(jsonErrorPosition(text), reason)
  }
}

/** Bytes that are no UTF-8 are refused: replacement characters would corrupt a text unnoticed. */
function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw invalidJson(0, 'the body is not valid UTF-8')
  }
}

function invalidJson(position: number, reason: string): RequestValidationError {
  return new RequestValidationError([
    {
      type: 'json_invalid',
      loc: ['body', position],
      msg: 'JSON decode error',
      input: {},
      ctx: {
        error: reason.replace(/ in JSON at position.*$/s, '').replace(/, (?:\.{3})?".*$/s, ''),
      },
    },
  ])
}
