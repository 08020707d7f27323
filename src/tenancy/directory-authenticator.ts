import type { Authenticator } from './authenticator.ts'
import type { Credentials } from './credential.ts'
import type { Account, Directory } from './directory.ts'
import { TenancyError } from './errors.ts'
import type { Principal } from './principal.ts'
import type { TokenClaims, Tokens } from './token.ts'

/**
 * Authenticates the users of a directory, by API key or token.
 *
 * Every credential that is present must be good, and all must be the same user's. A guest token
 * proves nothing and counts as absent.
 */
export class DirectoryAuthenticator implements Authenticator {
  readonly multiTenant = true
  readonly passwordsOn = true
  readonly open = false
  readonly #directory: Directory
  readonly #tokens: Tokens

  constructor(directory: Directory, tokens: Tokens) {
    this.#directory = directory
    this.#tokens = tokens
  }

  async authenticate({ apiKey, bearerKey, token }: Credentials): Promise<Principal> {
    const proven: Principal[] = []
    for (const key of [apiKey, bearerKey]) {
      if (key === undefined) continue
      const found = this.#directory.findByApiKey(key)
      const owner = found instanceof Promise ? await found : found
      if (owner === undefined) throw new TenancyError('bad_api_key', 'Invalid API Key')
      proven.push(owner)
    }
    const claims = token === undefined ? undefined : this.#tokens.verify(token)
    if (claims !== undefined && claims.role !== 'guest') {
      const found = this.#directory.findByUsername(claims.sub)
      proven.push(this.#bearerOf(claims, found instanceof Promise ? await found : found))
    }
    const [principal, ...others] = proven
    if (principal === undefined) {
      throw new TenancyError('missing_credential', 'No credentials provided. Please login.')
    }
    if (others.some((other) => other.userId !== principal.userId)) {
      throw new TenancyError('credentials_disagree', 'The credentials belong to different users')
    }
    return principal
  }

  verifyPassword(username: string, password: string): Promise<Account | undefined> {
    return this.#directory.verifyPassword(username, password)
  }

  #bearerOf(claims: TokenClaims, account: Account | undefined): Principal {
    if (account === undefined || !this.#tokens.isCurrent(claims, account)) {
      throw new TenancyError('bad_token', 'Invalid token')
    }
    return account.principal
  }
}
