import type { Principal } from '../principal.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Account } from '../users/directory.ts'
import { costOf, PasswordChecker, parseStoredPassword, type StoredPassword } from './password.ts'

interface SingleAccount {
  readonly account: Account
  readonly password: StoredPassword
}

/** LightRAG's `AUTH_ACCOUNTS`: several people, one workspace. */
export class SingleAccounts {
  readonly #accounts = new Map<string, SingleAccount>()
  readonly #passwords = new PasswordChecker()
  #usualCost: number | undefined

  /**
   * @param text `user:password,other:password`; only the first colon splits, and a password may
   * be `{bcrypt}` and a hash
   * @throws {TenancyError} `accounts_invalid`, without the password
   */
  constructor(text: string, workspace: string) {
    for (const entry of text.split(',').map((part) => part.trim())) {
      if (entry !== '') this.#add(entry, workspace)
    }
  }

  get isEmpty(): boolean {
    return this.#accounts.size === 0
  }

  find(username: string): Account | undefined {
    return this.#accounts.get(username)?.account
  }

  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    const found = this.#accounts.get(username)
    const matches = await this.#passwords.matches(password, found?.password, this.#usualCost)
    return matches ? found?.account : undefined
  }

  #add(entry: string, workspace: string): void {
    const colon = entry.indexOf(':')
    const username = entry.slice(0, Math.max(colon, 0)).trim()
    const password = parseStoredPassword(entry.slice(colon + 1))
    const where = `account ${this.#accounts.size + 1}`
    if (username === '' || password === undefined || password.field === '') {
      throw new TenancyError('accounts_invalid', `${where}: must be user:password`)
    }
    if (this.#accounts.has(username)) {
      throw new TenancyError('accounts_invalid', `${where}: the name "${username}" is taken`)
    }
    if (password.bcrypt !== undefined) {
      this.#usualCost = Math.max(this.#usualCost ?? 0, costOf(password.bcrypt))
    }
    const principal = singlePrincipal(username, workspace)
    this.#accounts.set(username, {
      account: { principal, passwordField: password.field },
      password,
    })
  }
}

/** Any caller of a server that has one workspace for all. */
export function singlePrincipal(username: string, workspace: string): Principal {
  return Object.freeze({
    userId: username,
    username,
    workspaces: Object.freeze([workspace]),
    defaultWorkspace: workspace,
    role: 'owner' as const,
    superAdmin: false,
  })
}
