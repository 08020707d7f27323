/** What a server says of a version of a page, to be asked whether there is another. */
export interface PageVersion {
  readonly etag: string | null
  readonly lastModified: string | null
}

export interface FetchedPage extends PageVersion {
  /** Where it was found, after redirects. */
  readonly url: string
  /** That of its format, with its dot, in lower case. */
  readonly extension: string
  /** May be left: whatever is not taken of it ends with `close`. */
  readonly body: AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** Fetches pages of the web that callers name: from which addresses, whoever makes it decides. */
export interface PageFetcher {
  /**
   * @param known the version that is here already
   * @returns null when that is still the one
   * @throws {EngineError} `page_refused` for one that is not to be fetched, `page_unavailable` when it
   *   cannot be
   */
  fetch(url: string, known: PageVersion | null, signal?: AbortSignal): Promise<FetchedPage | null>
}
