import { type Dispatcher, request } from 'undici'
import type { FetchedPage, PageFetcher, PageVersion } from '../engine/documents/page-calls.ts'
import { EngineError } from '../engine/ports/engine-error.ts'
import { formatOfMediaType } from './format-of-media-type.ts'
import { checkedUrl, type OutboundRules, outboundAgent } from './outbound-agent.ts'
import { OutboundError } from './outbound-error.ts'
import { LONGEST_ROBOTS, robotsAllow } from './robots-rules.ts'

export interface WebPagesOptions extends OutboundRules {
  /** Extensions of formats that are read, with their dots. */
  readonly extensions: readonly string[]
}

/** As it names itself to servers, and as robots.txt may name it. */
const AGENT = 'TenantRAG'
const MOST_REDIRECTS = 5
/** From the first connection to the last byte, in milliseconds. */
const LONGEST_MS = 60_000
/** Of a field of an answer that is kept, in characters. */
const LONGEST_FIELD = 2000

type Answer = Dispatcher.ResponseData

/** Fetches pages over HTTP, each redirect checked as the first address was. */
export class WebPages implements PageFetcher {
  readonly #options: WebPagesOptions
  readonly #agent

  constructor(options: WebPagesOptions) {
    this.#options = options
    this.#agent = outboundAgent(options)
  }

  async fetch(
    url: string,
    known: PageVersion | null,
    signal?: AbortSignal,
  ): Promise<FetchedPage | null> {
    const limit = AbortSignal.timeout(LONGEST_MS)
    const ends = signal ? AbortSignal.any([signal, limit]) : limit
    try {
      const { answer, from } = await this.#follow(url, conditionsOf(known), ends)
      if (answer.statusCode === 304) {
        await answer.body.dump()
        return null
      }
      return await this.#page(answer, from)
    } catch (error) {
      signal?.throwIfAborted()
      throw asEngineError(error)
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  async #follow(
    url: string,
    conditions: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ answer: Answer; from: URL }> {
    let from = checkedUrl(url, this.#options)
    for (let redirects = 0; ; redirects++) {
      await this.#askRobots(from, signal)
      const answer = await this.#get(from, conditions, signal)
      const to = placeOf(answer)
      if (to === null) return { answer, from }
      await answer.body.dump()
      if (redirects >= MOST_REDIRECTS) {
        throw new OutboundError(`The page redirects more than ${MOST_REDIRECTS} times.`)
      }
      if (!URL.canParse(to, from.href)) throw new OutboundError('The page redirects to no URL.')
      from = checkedUrl(new URL(to, from).href, this.#options)
    }
  }

  #get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    return request(url.href, {
      dispatcher: this.#agent,
      signal,
      headers: { 'user-agent': `${AGENT}/1.0`, accept: 'text/html, */*;q=0.8', ...headers },
    })
  }

  async #page(answer: Answer, from: URL): Promise<FetchedPage> {
    const { statusCode, headers, body } = answer
    const close = async () => {
      body.destroy()
    }
    // What nobody reads on is no error of anybody.
    body.on('error', () => undefined)
    if (statusCode !== 200) {
      await close()
      throw new OutboundError(`The server answered with status ${statusCode}.`)
    }
    const type = fieldOf(headers['content-type']) ?? ''
    const extension = formatOfMediaType(type, from.pathname, this.#options.extensions)
    if (extension === null) {
      await close()
      throw new OutboundError(`Nothing reads what is there (${type.slice(0, 100) || 'no type'}).`)
    }
    return {
      url: from.href,
      extension,
      etag: fieldOf(headers.etag),
      lastModified: fieldOf(headers['last-modified']),
      body: readable(body),
      close,
    }
  }

  /** A site without rules, or with none that can be had for its visitors, has none. */
  async #askRobots(url: URL, signal: AbortSignal): Promise<void> {
    const answer = await this.#robotsOf(url, signal)
    if (answer === null) return
    const { statusCode, body } = answer
    if (statusCode >= 500) {
      await body.dump()
      throw new OutboundError('The rules of the site (robots.txt) cannot be had at the moment.')
    }
    const rules = statusCode === 200 ? await beginningOf(body, LONGEST_ROBOTS) : ''
    if (statusCode !== 200) await body.dump()
    if (!robotsAllow(rules, AGENT, url.pathname + url.search)) {
      throw new EngineError('page_refused', 'The rules of the site (robots.txt) forbid it.')
    }
  }

  /** Null when its redirects lead on and on. */
  async #robotsOf(url: URL, signal: AbortSignal): Promise<Answer | null> {
    let from = new URL('/robots.txt', url)
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const answer = await this.#get(from, {}, signal)
      const to = placeOf(answer)
      if (to === null) return answer
      await answer.body.dump()
      if (!URL.canParse(to, from.href)) return null
      from = checkedUrl(new URL(to, from).href, this.#options)
    }
    return null
  }
}

function conditionsOf(known: PageVersion | null): Record<string, string> {
  return {
    ...(known?.etag ? { 'if-none-match': known.etag } : {}),
    ...(known?.lastModified ? { 'if-modified-since': known.lastModified } : {}),
  }
}

/** Where an answer leads on to; null when it does not. */
function placeOf({ statusCode, headers }: Answer): string | null {
  return [301, 302, 303, 307, 308].includes(statusCode) ? fieldOf(headers.location) : null
}

function fieldOf(value: string | string[] | undefined): string | null {
  const one = Array.isArray(value) ? value[0] : value
  return one === undefined || one.length > LONGEST_FIELD ? null : one
}

async function* readable(body: Answer['body']): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const piece of body) yield piece
  } catch (error) {
    throw asEngineError(error)
  }
}

async function beginningOf(body: Answer['body'], most: number): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes >= most) break
  }
  return Buffer.concat(pieces).toString('utf8')
}

function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  // A connection that was refused for its address says so behind another error.
  const cause = error instanceof Error && error.cause instanceof OutboundError ? error.cause : error
  if (cause instanceof OutboundError) return new EngineError('page_refused', cause.message)
  const isLate = cause instanceof Error && /timeout/i.test(`${cause.name} ${cause.message}`)
  const message = isLate ? 'The page was not there in time.' : 'The page cannot be fetched.'
  return new EngineError('page_unavailable', message, { cause })
}
