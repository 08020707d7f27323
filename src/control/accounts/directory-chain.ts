import type { Principal } from '../../tenancy/principal.ts'
import type { Account, Directory } from '../../tenancy/users/directory.ts'

/** A directory that knows of its disabled users too. */
export interface NamingDirectory extends Directory {
  hasName(username: string): boolean
}

/**
 * Two directories as one: a name that the first has is nobody's in the second. Else who is disabled
 * in the first could go on as a namesake in the second.
 */
export class DirectoryChain implements Directory {
  readonly #first: NamingDirectory
  readonly #second: Directory

  constructor(first: NamingDirectory, second: Directory) {
    this.#first = first
    this.#second = second
  }

  async findByApiKey(key: string): Promise<Principal | undefined> {
    return (await this.#first.findByApiKey(key)) ?? this.#second.findByApiKey(key)
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    return (this.#first.hasName(username) ? this.#first : this.#second).findByUsername(username)
  }

  /** One comparison whoever holds the name, so that the time does not tell. */
  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    if (this.#first.hasName(username)) return this.#first.verifyPassword(username, password)
    const account = await this.#second.verifyPassword(username, password)
    // They may have signed in by their address.
    const name = account?.principal.username
    return name === undefined || this.#first.hasName(name) ? undefined : account
  }
}
