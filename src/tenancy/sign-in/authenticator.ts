import type { Awaitable } from '../awaitable.ts'
import type { Principal } from '../principal.ts'
import type { Account } from '../users/directory.ts'
import type { Credentials } from './credential.ts'

/** The one way from what a request presents to who is calling. */
export interface Authenticator {
  /** Whether each user has workspaces of their own. */
  readonly multiTenant: boolean
  /** Whether there are passwords to log in with; without them a login gives a guest token. */
  readonly passwordsOn: boolean

  /** Whether callers need no credentials at all. */
  readonly open: boolean

  /**
   * At once where nothing has to be waited for.
   *
   * @throws {TenancyError} the refusal to send; where it has to be waited for, it rejects with it
   */
  authenticate(credentials: Credentials): Awaitable<Principal>

  /** @throws {TenancyError} `login_busy` */
  verifyPassword(username: string, password: string): Promise<Account | undefined>
}
