import { createHmac } from 'node:crypto'
import fastifyJwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { TenancyError } from '../tenancy-error.ts'
import type { Account } from '../users/directory.ts'

/** In seconds since 1970, up to the year 9999: beyond, no date can be made of it. */
const dates = { minimum: 0, maximum: 253_402_300_799 } as const
/** Clocks differ; a token from farther ahead is not of our time. */
const MAX_SKEW_SECONDS = 300

const Claims = Type.Object({
  sub: Type.String({ minLength: 1 }),
  exp: Type.Integer(dates),
  iat: Type.Optional(Type.Number(dates)),
  nbf: Type.Optional(Type.Number(dates)),
  role: Type.Enum(['user', 'admin', 'guest']),
  /** Binds the token to the stored password; guests have none. */
  ver: Type.Optional(Type.String()),
})
export type TokenClaims = Static<typeof Claims>

const claims = Compile(Claims)

const VERIFIED_TOKENS = 2000

export interface TokenOptions {
  /** At least 32 bytes; see `loadTokenSecret`. */
  readonly secret: string
  readonly userHours: number
  readonly guestHours: number
}

type Jwt = Pick<JWT, 'sign' | 'verify'>

/**
 * Makes and checks the server's tokens (HS256, with an expiry).
 *
 * A token proves who somebody is and nothing more: what they may do is looked up on every request.
 */
export class Tokens {
  readonly #jwt: Jwt
  readonly #options: TokenOptions
  /** Claims of good tokens: the signature is checked once, the expiry every time. */
  readonly #verified = new LRUCache<string, TokenClaims>({ max: VERIFIED_TOKENS })
  readonly #versions = new WeakMap<Account, string>()

  constructor(jwt: Jwt, options: TokenOptions) {
    this.#jwt = jwt
    this.#options = options
  }

  forUser(account: Account): string {
    const { principal } = account
    return this.#jwt.sign({
      sub: principal.username,
      exp: hoursFromNow(this.#options.userHours),
      role: principal.superAdmin ? 'admin' : 'user',
      metadata: { auth_mode: 'enabled' },
      ver: this.#version(account),
    })
  }

  /**
   * The same for as long again: it ends with the password, as the one before does.
   *
   * @throws {TenancyError} `bad_token`, as for a guest's
   */
  renewed(token: string): string {
    const { sub, role, ver } = this.verify(token)
    if (role === 'guest' || ver === undefined) throw new TenancyError('bad_token', 'Invalid token')
    const exp = hoursFromNow(this.#options.userHours)
    return this.#jwt.sign({ sub, exp, role, metadata: { auth_mode: 'enabled' }, ver })
  }

  /** Proves nothing. Clients of an open server expect to be given one. */
  forGuest(): string {
    return this.#jwt.sign({
      sub: 'guest',
      exp: hoursFromNow(this.#options.guestHours),
      role: 'guest',
      metadata: { auth_mode: 'disabled' },
    })
  }

  /** @throws {TenancyError} `bad_token` when it is not ours or of this time, or lacks a claim */
  verify(token: string): TokenClaims {
    const known = this.#verified.get(token)
    if (known !== undefined && known.exp * 1000 > Date.now()) return known
    let payload: unknown
    try {
      payload = this.#jwt.verify(token)
    } catch (error) {
      throw new TenancyError('bad_token', 'Invalid token', { cause: error })
    }
    if (!claims.Check(payload) || isAhead(payload)) {
      throw new TenancyError('bad_token', 'Invalid token')
    }
    this.#verified.set(token, payload)
    return payload
  }

  /** Whether the token was made under the account's password as it is stored now. */
  isCurrent({ ver }: TokenClaims, account: Account): boolean {
    // Compared as it comes: the signature has proved that nobody tried this version out.
    return ver !== undefined && ver === this.#version(account)
  }

  #version(account: Account): string {
    const known = this.#versions.get(account)
    if (known !== undefined) return known
    const version = createHmac('sha256', this.#options.secret)
      .update(`password version\0${account.passwordField}`)
      .digest('base64url')
      .slice(0, 22)
    this.#versions.set(account, version)
    return version
  }
}

/** Registers `@fastify/jwt` on the app and returns the tokens it makes. */
export async function registerTokens(app: FastifyInstance, options: TokenOptions): Promise<Tokens> {
  await app.register(fastifyJwt, {
    secret: options.secret,
    sign: { algorithm: 'HS256', noTimestamp: true },
    verify: { algorithms: ['HS256'], requiredClaims: ['sub', 'exp', 'role'] },
  })
  return new Tokens(app.jwt, options)
}

function isAhead({ iat = 0 }: TokenClaims): boolean {
  return iat > Date.now() / 1000 + MAX_SKEW_SECONDS
}

function hoursFromNow(hours: number): number {
  return Math.floor(Date.now() / 1000 + hours * 3600)
}
