import { TenancyError } from '../tenancy-error.ts'

/** The cookie in which a browser keeps a token where no script sees it. */
const NAME = 'tenantrag_session'
const PAIR = /^\s*tenantrag_session=\s*"?([^"\s]*)"?\s*$/

/** What a page of ours sends along: no page of another origin may add it without being asked. */
const PROOF = 'x-requested-by'
const PROVED_BY = 'webui'

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The token of a session; undefined where there is none.
 *
 * @throws {TenancyError} `credentials_repeated` for several: a neighbour of this host may have set one
 */
export function sessionToken(cookies: string | undefined): string | undefined {
  if (cookies === undefined || !cookies.includes(NAME)) return undefined
  const found = cookies.split(';').flatMap((pair) => PAIR.exec(pair)?.[1] ?? [])
  const tokens = new Set(found.filter((token) => token !== ''))
  if (tokens.size > 1) {
    throw new TenancyError('credentials_repeated', `Send one cookie ${NAME}, not ${tokens.size}`)
  }
  return [...tokens][0]
}

/** As much of a request as tells which page has made it. */
export interface PageRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/**
 * Refuses what a page of another site has made with the cookie of a session, which a browser adds
 * whoever asks.
 *
 * @throws {TenancyError} `page_unproved`
 */
export function assertOwnPage({ method, headers }: PageRequest): void {
  const isForeign = headers['sec-fetch-site'] === 'cross-site'
  if (!isForeign && (READING.has(method) || headers[PROOF] === PROVED_BY)) return
  throw new TenancyError(
    'page_unproved',
    `What changes something by a session is sent with X-Requested-By: ${PROVED_BY}`,
  )
}

export interface SessionCookie {
  /** Empty ends the session. */
  readonly token: string
  /** In seconds since 1970. */
  readonly expires: number
  /** Below which path the server is seen; empty at the root. */
  readonly prefix: string
  /** Whether it is only to be sent by HTTPS. */
  readonly secure: boolean
}

/** The header `Set-Cookie`. */
export function sessionCookie({ token, expires, prefix, secure }: SessionCookie): string {
  const parts = [
    `${NAME}=${token}`,
    `Path=${prefix || '/'}`,
    `Expires=${new Date(expires * 1000).toUTCString()}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ]
  return parts.join('; ')
}
