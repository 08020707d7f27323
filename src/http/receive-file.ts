import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { cutOffSilent } from './cut-off-silent.ts'
import { discardBody } from './discard-body.ts'
import { RequestError } from './request-error.ts'
import { shorten } from './shorten.ts'
import { missing, RequestValidationError, type ValidationIssue } from './validation-error.ts'

export interface UploadLimits {
  /** Longest file, in bytes. */
  readonly maxBytes: number
  /** Longest wait for the client's next bytes, in milliseconds. */
  readonly maxSilenceMs: number
}

const FIELD = 'file'
/** Boundaries, headers of parts and other fields around the file. */
const ENVELOPE_BYTES = 1024 * 1024

const CLIENT_LEFT = new Set(['FST_MP_PREMATURE_CLOSE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])

/**
 * Hands the file of a multipart request to `take` while it arrives; what else the request holds is
 * read and dropped.
 *
 * @param take gets the name as it was sent, path and all, and the bytes, readable once. Reading them
 *   throws when the file is too long, or when the client leaves before it is whole
 * @throws {RequestValidationError} when there is no file
 * @throws {RequestError} when the file cannot be read to its end
 */
export async function receiveFile<Result>(
  request: FastifyRequest,
  { maxBytes, maxSilenceMs }: UploadLimits,
  take: (name: string, content: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  if (!request.isMultipart()) throw new RequestValidationError([missing(['body', FIELD])])
  const { raw } = request
  let unreadable: unknown
  const failed = (error: unknown) => {
    unreadable = error
  }
  cutOffSilent(raw, maxSilenceMs)
  try {
    if (Number(raw.headers['content-length']) > maxBytes + ENVELOPE_BYTES) throw tooLarge(maxBytes)
    const part = await findFile(request)
    return await take(part.filename ?? '', fileContent(part, maxBytes, failed))
  } catch (error) {
    // Whoever read the file may have put words of their own around what was wrong with it.
    throw unreadable ?? error
  } finally {
    discardBody(raw)
  }
}

async function findFile(request: FastifyRequest): Promise<MultipartFile> {
  try {
    for await (const part of request.parts()) {
      if (part.fieldname === FIELD) {
        if (part.type === 'file') return part
        throw new RequestValidationError([textInsteadOfFile(part.value)])
      }
      if (part.type === 'file') part.file.resume()
    }
  } catch (error) {
    throw error instanceof RequestValidationError ? error : unreadableForm(error)
  }
  throw new RequestValidationError([missing(['body', FIELD])])
}

async function* fileContent(
  { file }: MultipartFile,
  maxBytes: number,
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
  } catch (cause) {
    const error = unreadableForm(cause)
    failed(error)
    throw error
  }
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError('upload_too_large', `The file is larger than ${maxBytes} bytes`)
}

/** The parser's errors in our words; its limits on parts and fields speak for themselves. */
function unreadableForm(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (cause instanceof RequestError) return cause
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
