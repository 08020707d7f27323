import type { Awaitable } from '../awaitable.ts'
import type { Principal } from '../principal.ts'

export interface Account {
  readonly principal: Principal
  /** The stored password field as it stands: tokens are bound to it, so a new one ends them. */
  readonly passwordField: string
}

/**
 * Who may call, and as whom.
 *
 * Every look-up answers from the newest valid state, so that a change holds from the next request
 * on; at once where the directory is in memory. A disabled user is not found.
 */
export interface Directory {
  findByApiKey(key: string): Awaitable<Principal | undefined>

  /** The name is compared case-folded. */
  findByUsername(username: string): Awaitable<Account | undefined>

  /**
   * The account when the password is right. It takes as long for a name that nobody has.
   *
   * @throws {TenancyError} `login_busy`
   */
  verifyPassword(username: string, password: string): Promise<Account | undefined>
}
