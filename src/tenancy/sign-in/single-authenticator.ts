import { sameSecret } from '../control-files/secret-digest.ts'
import type { Principal } from '../principal.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Account } from '../users/directory.ts'
import type { Authenticator } from './authenticator.ts'
import type { Credentials } from './credential.ts'
import { SingleAccounts, singlePrincipal } from './single-accounts.ts'
import type { Tokens } from './token.ts'

export interface SingleOptions {
  /** The workspace that everything runs in. */
  readonly workspace: string
  /** LightRAG's `LIGHTRAG_API_KEY`. */
  readonly apiKey?: string | undefined
  /** LightRAG's `AUTH_ACCOUNTS`. */
  readonly accounts?: string | undefined
  readonly tokens: Tokens
}

/**
 * LightRAG's own check: one key, or accounts with passwords, or both, or an open server; one
 * workspace for all.
 *
 * Its order and texts are LightRAG's, because the web client acts on them. Two things differ: a
 * guest token never stands in for a key or a login, and the key is also taken as Bearer.
 */
export class SingleAuthenticator implements Authenticator {
  readonly multiTenant = false
  readonly #anyone: Principal
  readonly #apiKey: string | undefined
  readonly #accounts: SingleAccounts
  readonly #tokens: Tokens

  /** @throws {TenancyError} `accounts_invalid` */
  constructor(options: SingleOptions) {
    this.#anyone = singlePrincipal('anonymous', options.workspace)
    this.#apiKey = options.apiKey || undefined
    this.#accounts = new SingleAccounts(options.accounts ?? '', options.workspace)
    this.#tokens = options.tokens
  }

  get passwordsOn(): boolean {
    return !this.#accounts.isEmpty
  }

  get open(): boolean {
    return this.#apiKey === undefined && !this.passwordsOn
  }

  authenticate({ apiKey, bearerKey, token }: Credentials): Principal {
    const account = token === undefined ? undefined : this.#accountOf(token)
    if (account !== undefined) return account.principal
    if (this.open) return this.#anyone
    const key = apiKey ?? bearerKey
    const expected = this.#apiKey
    if (key !== undefined && expected !== undefined && sameSecret(key, expected)) {
      if (apiKey !== undefined && bearerKey !== undefined && !sameSecret(apiKey, bearerKey)) {
        throw new TenancyError('bad_token', 'Invalid token')
      }
      return this.#anyone
    }
    throw this.#refusal(key, bearerKey)
  }

  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    return this.#accounts.verifyPassword(username, password)
  }

  /** The account a token stands for; undefined for a guest's, which counts as absent. */
  #accountOf(token: string): Account | undefined {
    const claims = this.#tokens.verify(token)
    if (claims.role === 'guest') return undefined
    const account = this.#accounts.find(claims.sub)
    if (account !== undefined && this.#tokens.isCurrent(claims, account)) return account
    throw new TenancyError('bad_token', 'Invalid token. Please login again.')
  }

  #refusal(key: string | undefined, bearerKey: string | undefined): TenancyError {
    if (this.passwordsOn) {
      if (bearerKey !== undefined) return new TenancyError('bad_token', 'Invalid token')
      return new TenancyError('missing_credential', 'No credentials provided. Please login.')
    }
    if (key !== undefined) return new TenancyError('api_key_refused', 'Invalid API Key')
    return new TenancyError('api_key_required', 'API Key required')
  }
}
