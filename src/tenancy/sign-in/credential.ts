import { hash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { TenancyError } from '../tenancy-error.ts'
import { sessionToken } from './session-cookie.ts'

/** What a request presented. An empty header counts as none. */
export interface Credentials {
  /** From `X-API-Key`. */
  readonly apiKey: string | undefined
  /** From `Authorization: Bearer`, when it has the shape of a JWT. */
  readonly token: string | undefined
  /** From `Authorization: Bearer`, when it has not: an API key of a client that can send no other. */
  readonly bearerKey: string | undefined
  /** Whether the token came in the cookie of a session, which a browser adds by itself. */
  readonly isSession?: boolean
}

/** Other schemes than Bearer belong to somebody else, such as a proxy in front. */
const BEARER = /^bearer[ \t](.*)$/i

const TOKEN = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/

export function readCredentials(headers: IncomingHttpHeaders): Credentials {
  const { 'x-api-key': keys, authorization } = headers
  const apiKey = (Array.isArray(keys) ? keys.join(',') : keys)?.trim() || undefined
  if (authorization === undefined) {
    // Who says who they are is not somebody else by a cookie.
    const token = apiKey === undefined ? sessionToken(headers.cookie) : undefined
    const isSession = token !== undefined
    return { apiKey, token, bearerKey: undefined, ...(isSession ? { isSession } : {}) }
  }
  const bearer = BEARER.exec(authorization)?.[1]?.trim() || undefined
  const isToken = bearer !== undefined && looksLikeToken(bearer)
  return {
    apiKey,
    token: isToken ? bearer : undefined,
    bearerKey: isToken ? undefined : bearer,
  }
}

/**
 * Refuses a request with two headers of one kind, of which Node keeps the first, or makes one. What
 * stands in front of this server may have judged the other.
 *
 * @throws {TenancyError} `credentials_repeated`
 */
export function assertSentOnce({
  headers,
  rawHeaders,
}: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): void {
  for (const name of ['authorization', 'x-api-key']) {
    if (headers[name] === undefined) continue
    let count = 0
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const sent = rawHeaders[i]
      if (sent?.length === name.length && sent.toLowerCase() === name) count += 1
    }
    if (count < 2) continue
    throw new TenancyError('credentials_repeated', `Send one header ${name}, not ${count}`)
  }
}

export function isEmpty({ apiKey, bearerKey, token }: Credentials): boolean {
  return apiKey === undefined && bearerKey === undefined && token === undefined
}

export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text)
}

/** New with each process, so that an id says nothing about the secret behind it. */
const ID_KEY = randomBytes(32).toString('base64')

/**
 * An opaque id of the credential that a request used, the same for the same credential for as long
 * as the process lives. All tokens of a user are one.
 */
export function credentialId({ apiKey, bearerKey }: Credentials, userId: string): string {
  const key = apiKey ?? bearerKey
  const subject = key === undefined ? `user\0${userId}` : `key\0${key}`
  return hash('sha256', `${ID_KEY}${subject}`, 'base64url').slice(0, 16)
}
