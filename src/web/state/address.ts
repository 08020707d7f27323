import type { WriteMode } from './tenant-state.ts'

/** Where the tab is, below the folder of the web UI. */
export interface Location {
  /** Such as `documents/d/doc-1`; empty at the start. */
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  /** How it came there: by Back or Forward, or by a link. */
  readonly cause: 'opened' | 'link' | 'history' | 'written'
}

/** The address bar of the tab. */
export class Address {
  readonly #root: string
  readonly #listeners = new Set<() => void>()
  #location: Location

  /** @param root path of the folder, with slashes at both ends */
  constructor(root: string) {
    this.#root = root
    this.#location = this.#read('opened')
    addEventListener('popstate', () => this.#tell('history'))
  }

  get = (): Location => this.#location

  /** @returns ends it */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  href(path: string): string {
    return this.#root + path
  }

  /** @param target path with or without a query */
  go(target: string, mode: WriteMode = 'push'): void {
    this.#put(this.#root + target, mode)
    this.#tell('link')
  }

  query(): string {
    return this.#location.query
  }

  /** Writes the query of the page that is open. */
  write(query: string, mode: WriteMode): void {
    this.#put(this.#root + this.#location.path + query, mode)
    this.#tell('written')
  }

  #put(url: string, mode: WriteMode): void {
    if (mode === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
  }

  #tell(cause: Location['cause']): void {
    this.#location = this.#read(cause)
    for (const listener of this.#listeners) listener()
  }

  #read(cause: Location['cause']): Location {
    const { pathname, search } = location
    const path = pathname.startsWith(this.#root) ? pathname.slice(this.#root.length) : ''
    return { path, query: search, cause }
  }
}
