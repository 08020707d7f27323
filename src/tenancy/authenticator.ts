import type { Credentials } from './credential.ts'
import type { Account } from './directory.ts'
import type { Principal } from './principal.ts'

/** The one way from what a request presents to who is calling. */
export interface Authenticator {
  /** Whether each user has workspaces of his own. */
  readonly multiTenant: boolean
  /** Whether there are passwords to log in with; without them a login gives a guest token. */
  readonly passwordsOn: boolean

  /** Whether callers need no credentials at all. */
  readonly open: boolean

  /** @throws {TenancyError} the refusal to send */
  authenticate(credentials: Credentials): Promise<Principal>

  /** @throws {TenancyError} `login_busy` */
  verifyPassword(username: string, password: string): Promise<Account | undefined>
}
