import type { Principal } from './principal.ts'

export interface Account {
  readonly principal: Principal
  /** The stored password field as it stands: tokens are bound to it, so a new one ends them. */
  readonly passwordField: string
}

/** At once where the directory is in memory: an await less for every request. */
export type Found<T> = Promise<T | undefined> | T | undefined

/**
 * Who may call, and as whom.
 *
 * Every look-up answers from the newest valid state, so that a change holds from the next request
 * on. A disabled user is not found.
 */
export interface Directory {
  findByApiKey(key: string): Found<Principal>

  /** The name is compared case-folded. */
  findByUsername(username: string): Found<Account>

  /**
   * The account when the password is right. It takes as long for a name that nobody has.
   *
   * @throws {TenancyError} `login_busy`
   */
  verifyPassword(username: string, password: string): Promise<Account | undefined>
}
