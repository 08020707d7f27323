import type { Account, Directory } from '../tenancy/directory.ts'
import type { Principal } from '../tenancy/principal.ts'

/** Several directories as one: who is found in an earlier one is not looked for in a later. */
export class DirectoryChain implements Directory {
  readonly #first: Directory
  readonly #second: Directory

  constructor(first: Directory, second: Directory) {
    this.#first = first
    this.#second = second
  }

  async findByApiKey(key: string): Promise<Principal | undefined> {
    return (await this.#first.findByApiKey(key)) ?? this.#second.findByApiKey(key)
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    return (await this.#first.findByUsername(username)) ?? this.#second.findByUsername(username)
  }

  /** One comparison whoever holds the name, so that the time does not tell. */
  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    const inFirst = (await this.#first.findByUsername(username)) !== undefined
    return (inFirst ? this.#first : this.#second).verifyPassword(username, password)
  }
}
