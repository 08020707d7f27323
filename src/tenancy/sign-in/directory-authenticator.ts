import { type Awaitable, andThen } from '../awaitable.ts'
import type { Principal } from '../principal.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Account, Directory } from '../users/directory.ts'
import type { Authenticator } from './authenticator.ts'
import type { Credentials } from './credential.ts'
import type { Tokens } from './token.ts'

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

  authenticate({ apiKey, bearerKey, token }: Credentials): Awaitable<Principal> {
    return andThen(this.#ownerOf(apiKey), (sender) =>
      andThen(this.#ownerOf(bearerKey), (keyBearer) =>
        andThen(this.#bearerOf(token), (tokenBearer) => agreed(sender, keyBearer, tokenBearer)),
      ),
    )
  }

  verifyPassword(username: string, password: string): Promise<Account | undefined> {
    return this.#directory.verifyPassword(username, password)
  }

  #ownerOf(key: string | undefined): Awaitable<Principal | undefined> {
    if (key === undefined) return undefined
    return andThen(this.#directory.findByApiKey(key), (owner) => {
      if (owner === undefined) throw new TenancyError('bad_api_key', 'Invalid API Key')
      return owner
    })
  }

  #bearerOf(token: string | undefined): Awaitable<Principal | undefined> {
    if (token === undefined) return undefined
    const claims = this.#tokens.verify(token)
    if (claims.role === 'guest') return undefined
    return andThen(this.#directory.findByUsername(claims.sub), (account) => {
      if (account === undefined || !this.#tokens.isCurrent(claims, account)) {
        throw new TenancyError('bad_token', 'Invalid token')
      }
      return account.principal
    })
  }
}

/** The one whom all credentials are of. */
function agreed(...proven: readonly (Principal | undefined)[]): Principal {
  let caller: Principal | undefined
  for (const principal of proven) {
    if (principal === undefined) continue
    if (caller !== undefined && caller.userId !== principal.userId) {
      throw new TenancyError('credentials_disagree', 'The credentials belong to different users')
    }
    caller ??= principal
  }
  if (caller !== undefined) return caller
  throw new TenancyError('missing_credential', 'No credentials provided. Please login.')
}
