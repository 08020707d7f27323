import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from '../errors/request-error.ts'
import { RequestValidationError } from '../errors/validation-error.ts'
import { bodyShareOf } from './body-budget.ts'
import { BODY_BYTES, DEEPEST_BODY, mostValues } from './body-sizes.ts'
import { jsonErrorPosition } from './json-error-position.ts'
import { jsonShape } from './json-shape.ts'
import { readBody } from './read-body.ts'

/**
 * Reads request bodies as FastAPI does: JSON under a JSON content type; anything else is refused as
 * no object, with a word on what to send. No body at all is `undefined`, and so is one of a route
 * that declares none: it is not read.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser(/^application\/(?:[\w.+-]+\+)?json(?:;|$)/i, jsonBody)
  app.addContentTypeParser('*', otherBody)
}

/** Reads every body of this scope as JSON, whatever it says it is. */
export function readAllAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', jsonBody)
}

async function jsonBody(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
  const { schema, bodyLimit: limit = BODY_BYTES.small } = request.routeOptions
  if (schema?.body === undefined) return undefined
  const body = await readWithin(request, payload, limit)
  return body.length === 0 ? undefined : parseJson(request, body, limit)
}

async function otherBody(request: FastifyRequest, payload: IncomingMessage): Promise<undefined> {
  const { schema, bodyLimit: limit = BODY_BYTES.small } = request.routeOptions
  if (schema?.body === undefined) return undefined
  const body = await readWithin(request, payload, limit)
  if (body.length > 0) throw notJson(request.headers['content-type'])
  return undefined
}

function readWithin(request: FastifyRequest, payload: IncomingMessage, limit: number) {
  const share = bodyShareOf(request)
  return readBody(payload, { limit, take: share && ((bytes) => share.growTo(bytes)) })
}

function notJson(contentType: string | undefined): RequestValidationError {
  const sent = contentType === undefined ? 'without a Content-Type' : `as ${contentType}`
  return new RequestValidationError([
    {
      type: 'model_attributes_type',
      loc: ['body'],
      msg: `Input should be JSON with the header Content-Type: application/json; it was sent ${sent.slice(0, 100)}`,
      input: null,
    },
  ])
}

function parseJson(request: FastifyRequest, body: Buffer, limit: number): unknown {
  const values = valuesIn(body, limit)
  bodyShareOf(request)?.growTo(body.length + values * BYTES_A_VALUE)
  const text = decodeUtf8(body)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not JSON'
    throw invalidJson(jsonErrorPosition(text), reason)
  }
}

/** What a value takes beside the text that spells it, in bytes. */
const BYTES_A_VALUE = 64

/** Looks before the body is parsed: the memory that it would take is then taken already. */
function valuesIn(body: Buffer, limit: number): number {
  const most = { values: mostValues(limit), depth: DEEPEST_BODY }
  const { values, depth } = jsonShape(body, most)
  if (values > most.values) {
    throw new RequestError('body_too_large', `The body holds more than ${most.values} values.`)
  }
  if (depth > most.depth) {
    throw invalidJson(0, `the body is nested more than ${most.depth} deep`)
  }
  return values
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
