import type { OutageKind } from '../../engine/ports/engine-error.ts'

/** Why one attempt of a model call failed, before it is decided whether to try again. */
export type FailureKind =
  /** No answer, or "later": worth another attempt. */
  | 'unavailable'
  /** Answered without content: worth another attempt, but not a matter of time. */
  | 'unusable'
  /** The provider refused this very request. */
  | 'rejected'

export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly kind: FailureKind
  /** HTTP status, where the provider gave one. */
  readonly status: number | undefined
  /** What the provider asked to wait. */
  readonly retryAfterMs: number | undefined
  /** Whether the same request would only get the same answer. */
  readonly isFinal: boolean
  /** How the provider did not answer. */
  readonly outage: OutageKind

  /** @param message holds no host, no key and nothing of the request */
  constructor(
    kind: FailureKind,
    message: string,
    options: {
      status?: number | undefined
      retryAfterMs?: number | undefined
      isFinal?: boolean | undefined
      outage?: OutageKind
    } = {},
  ) {
    super(message)
    this.kind = kind
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
    this.isFinal = options.isFinal ?? kind === 'rejected'
    this.outage = options.outage ?? 'failed'
  }
}

const SAID_BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'its host was not found',
  EAI_AGAIN: 'its host was not found',
  ETIMEDOUT: 'the connection could not be made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
  UND_ERR_SOCKET: 'the connection was lost',
}

/** Codes of connections that were never made. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** A failure to connect, or a connection that broke. */
export function connectionFailure(error: unknown): CallFailure {
  const code = codeOf(error) ?? ''
  const said = SAID_BY_CODE[code] ?? 'the connection failed'
  return new CallFailure('unavailable', `The model did not answer: ${said}`, {
    outage: UNREACHABLE.has(code) ? 'unreachable' : 'failed',
  })
}

/** The failure that an HTTP status stands for; `said` is the provider's explanation, if any. */
export function statusFailure(
  status: number,
  retryAfterMs: number | undefined,
  said: string | undefined,
): CallFailure {
  const options = { status, retryAfterMs }
  if (status === 429) {
    const message = 'The model provider asks to slow down (429)'
    return new CallFailure('unavailable', message, { ...options, outage: 'busy' })
  }
  if (status === 408 || status === 409 || status >= 500) {
    return new CallFailure('unavailable', `The model provider failed (${status})`, options)
  }
  // What a provider says about a bad key quotes part of that key.
  if (status === 401 || status === 403) {
    const message = `The model provider refused the credentials (${status})`
    return new CallFailure('rejected', message, options)
  }
  if (status < 400) {
    const message = `The model provider sends elsewhere (${status}); set its address to where it answers`
    return new CallFailure('rejected', message, options)
  }
  const reason = said === undefined ? '' : `: ${withoutSecrets(said)}`
  const message = `The model provider refused the request (${status})${reason}`
  return new CallFailure('rejected', message, options)
}

/** Words by which providers say that the request is to blame, whatever the status. */
const REFUSALS: ReadonlySet<string> = new Set([
  'content_filter',
  'content_policy_violation',
  'context_length_exceeded',
  'invalid_prompt',
  'invalid_request_error',
  'model_not_found',
  'not_found_error',
])

/** The failure that an `error` within an answer stands for, in the form of whichever provider. */
export function reportedFailure(error: unknown): CallFailure {
  const said = typeof error === 'string' ? { message: error } : Object(error)
  const { message, code, type, status } = said as Readonly<Record<string, unknown>>
  const explained = typeof message === 'string' && message.trim() !== ''
  const text = `The model provider reports an error${explained ? `: ${withoutSecrets(message)}` : ''}`
  const number = [code, status].map(Number).find((value) => value >= 400 && value < 600)
  if (number === 401 || number === 403) return statusFailure(number, undefined, undefined)
  const isRefusal =
    number === undefined
      ? [code, type].some((word) => REFUSALS.has(String(word)))
      : statusFailure(number, undefined, undefined).kind === 'rejected'
  return new CallFailure(isRefusal ? 'rejected' : 'unavailable', text, { status: number })
}

export function emptyAnswer(): CallFailure {
  return new CallFailure('unusable', 'The model gave an empty answer')
}

export function unreadableAnswer(): CallFailure {
  return new CallFailure('unavailable', 'The model provider sent an answer that cannot be read')
}

/** Cuts a provider's words short and takes out addresses and what looks like a key. */
function withoutSecrets(said: string): string {
  return said
    .replace(/\s+/g, ' ')
    .replace(/(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/\S+/gi, '[address]')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '[address]')
    .replace(/(?<![\w.-])[\w.-]+\.[a-z]{2,}:\d+\b/gi, '[address]')
    .replace(/\b(?:sk|pk|key|api)[-_][\w*-]{6,}/gi, '[key]')
    .replace(/[\w-]{32,}/g, '[key]')
    .trim()
    .slice(0, 300)
}

/** The first error code along the chain of causes. */
function codeOf(error: unknown): string | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code
    current = current.cause
  }
  return undefined
}
