import type { IncomingMessage } from 'node:http'
import type { Multipart, MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { RequestError } from '../errors/request-error.ts'
import { shorten } from '../errors/shorten.ts'
import {
  missing,
  RequestValidationError,
  type ValidationIssue,
} from '../errors/validation-error.ts'

const MOST_DISCARDED_BYTES = 1024 ** 3
const DISCARD_SILENCE_MS = 10_000

export interface UploadLimits {
  /** Longest file, in bytes. */
  readonly maxBytes: number
  /** Longest wait for the client's next bytes, in milliseconds. */
  readonly maxSilenceMs: number
  /** Text fields that are handed on; they stand before the file. */
  readonly fields?: readonly string[]
}

/** Texts of the fields that came before the file, by name, in the order in which they came. */
export type FormFields = ReadonlyMap<string, readonly string[]>

interface FilePart {
  readonly file: MultipartFile
  readonly fields: FormFields
  /** What comes behind the file. */
  readonly rest: AsyncIterator<Multipart>
}

const FIELD = 'file'
/** Boundaries, headers of parts and other fields around the file. */
export const ENVELOPE_BYTES = 1024 * 1024

const CLIENT_LEFT = new Set(['FST_MP_PREMATURE_CLOSE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])

/**
 * Hands the file of a multipart request to `take` while it arrives; what else the request holds is
 * read and dropped.
 *
 * @param take gets the name as it was sent, path and all, the bytes, readable once, and the fields.
 *   Reading the bytes throws when the file is too long, when the client leaves before it is whole, or
 *   when a field that should have come before comes behind it
 * @throws {RequestValidationError} when there is no file
 * @throws {RequestError} when the file cannot be read to its end
 */
export async function receiveFile<Result>(
  request: FastifyRequest,
  { maxBytes, maxSilenceMs, fields: names = [] }: UploadLimits,
  take: (name: string, content: AsyncIterable<Uint8Array>, fields: FormFields) => Promise<Result>,
): Promise<Result> {
  if (!request.isMultipart()) throw new RequestValidationError([noForm()])
  const { raw } = request
  let unreadable: unknown
  const failed = (error: unknown) => {
    unreadable = error
  }
  cutOffSilent(raw, maxSilenceMs)
  try {
    const part = await findFile(request, names)
    const content = fileContent(part, maxBytes, names, failed)
    return await take(part.file.filename ?? '', content, part.fields)
  } catch (error) {
    // The reader of the file may have put words of its own around what was wrong with it.
    throw unreadable ?? error
  } finally {
    discardBody(raw)
  }
}

async function findFile(request: FastifyRequest, names: readonly string[]): Promise<FilePart> {
  const fields = new Map<string, string[]>()
  const rest = request.parts()[Symbol.asyncIterator]()
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      const part = next.value
      if (part.fieldname === FIELD) {
        if (part.type === 'file') return { file: part, fields, rest }
        throw new RequestValidationError([textInsteadOfFile(part.value)])
      }
      if (part.type === 'file') part.file.resume()
      else if (names.includes(part.fieldname)) {
        const values = fields.get(part.fieldname) ?? []
        fields.set(part.fieldname, [...values, String(part.value)])
      }
    }
  } catch (error) {
    throw error instanceof RequestValidationError ? error : unreadableForm(error)
  }
  throw new RequestValidationError([missing(['body', FIELD])])
}

async function* fileContent(
  { file: { file }, rest }: FilePart,
  maxBytes: number,
  names: readonly string[],
  failed: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks: AsyncIterable<Uint8Array> = file
  let length = 0
  try {
    for await (const chunk of chunks) {
      length += chunk.length
      if (length > maxBytes) throw tooLarge(maxBytes)
      yield chunk
    }
    // The parser's own limit cuts a file off without a word.
    if (file.truncated) throw tooLarge(maxBytes)
    await refuseLateParts(rest, names)
  } catch (cause) {
    const error = unreadableForm(cause)
    failed(error)
    throw error
  }
}

/** A field or a file that nobody heeds is worse than one that is refused. */
async function refuseLateParts(rest: AsyncIterator<Multipart>, names: readonly string[]) {
  // The file is whole; a tail that cannot be read takes nothing from it.
  const next = () => rest.next().catch(() => ({ done: true, value: undefined }) as const)
  for (let part = await next(); part.done !== true; part = await next()) {
    const { fieldname, type } = part.value
    if (part.value.type === 'file') part.value.file.resume()
    if (type === 'file' && fieldname === FIELD) {
      throw refusedPart(fieldname, 'one file a request; send each in a request of its own')
    }
    if (type === 'field' && names.includes(fieldname)) {
      throw refusedPart(fieldname, 'this field must come before the file')
    }
  }
}

function refusedPart(fieldname: string, reason: string): RequestValidationError {
  const msg = `Value error, ${reason}`
  const loc = ['body', fieldname]
  return new RequestValidationError([
    { type: 'value_error', loc, msg, input: null, ctx: { error: {} } },
  ])
}

function noForm(): ValidationIssue {
  const msg = `Field required: send the file as multipart/form-data, in the part "${FIELD}"`
  return { ...missing(['body', FIELD]), msg }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError('upload_too_large', `The file is larger than ${maxBytes} bytes`)
}

/** The parser's errors in our words; its limits on parts and fields speak for themselves. */
function unreadableForm(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (cause instanceof RequestError || cause instanceof RequestValidationError) return cause
  if (CLIENT_LEFT.has(code)) {
    return new RequestError('upload_interrupted', 'The upload ended before the file was whole', {
      cause,
    })
  }
  if (code.startsWith('FST_')) return cause
  return new RequestError('upload_malformed', 'The multipart body cannot be read', { cause })
}

function textInsteadOfFile(value: unknown): ValidationIssue {
  return {
    type: 'value_error',
    loc: ['body', FIELD],
    msg: 'Value error, a file is expected here, not a text field',
    input: shorten(value),
    ctx: { error: {} },
  }
}

/**
 * Reads what is left of a request's body and drops it.
 *
 * Many clients look for an answer only when they are done with sending; closed earlier, they see a
 * broken pipe in place of the reason. One that goes on for a gigabyte, or falls silent, loses its
 * connection all the same.
 */
function discardBody(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  let left = MOST_DISCARDED_BYTES
  request.unpipe()
  cutOffSilent(request, DISCARD_SILENCE_MS)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
  request.resume()
}

/** Closes the connection of a client that stops sending before its request is whole. */
function cutOffSilent(request: IncomingMessage, maxSilenceMs: number): void {
  const silence = setTimeout(() => request.destroy(), maxSilenceMs)
  request.on('data', () => silence.refresh())
  request.once('close', () => clearTimeout(silence))
}
