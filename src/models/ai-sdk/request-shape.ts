import type { RequestCapabilities } from './request-capabilities.ts'

type Body = Readonly<Record<string, unknown>>

const SAMPLING = ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty'] as const
/** What a request can do without, when a provider does not take it. */
const DISPENSABLE = [
  // Named before the shorter name that is a part of it.
  'max_completion_tokens',
  'max_tokens',
  ...SAMPLING,
  'stop',
  'seed',
  'stream_options',
] as const
type Parameter = (typeof DISPENSABLE)[number]

/** How providers say that they do not take a parameter, and not that its value is too large. */
const NOT_TAKEN =
  /unsupported|not supported|does not support|doesn't support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|extra_forbidden|deprecated|only the default/i

/** Requests of one model in the form that its provider takes, as far as is known by now. */
export class RequestShape {
  readonly #capabilities: RequestCapabilities
  readonly #refused = new Set<Parameter>()
  readonly #onRefusal: (parameter: string) => void

  /** @param onRefusal told of each parameter that the provider does not take, once */
  constructor(capabilities: RequestCapabilities, onRefusal: (parameter: string) => void) {
    this.#capabilities = capabilities
    this.#onRefusal = onRefusal
  }

  apply(body: Body): Body {
    const { max_tokens: limit, max_completion_tokens: own, ...rest } = body
    const shaped: Record<string, unknown> = { ...rest }
    const { maxTokensField, sampling } = this.#capabilities
    if (own !== undefined) shaped.max_completion_tokens = own
    else if (limit !== undefined) shaped[maxTokensField] = limit
    if (!sampling) for (const parameter of SAMPLING) delete shaped[parameter]
    return this.#withoutRefused(shaped)
  }

  /**
   * The same request as the provider may take it, after it has refused it; null when it named
   * nothing that a request can do without.
   *
   * @param said what the provider answered
   */
  afterRefusal(said: string, body: Body): Body | null {
    if (!NOT_TAKEN.test(said)) return null
    const parameter = namedIn(said, body)
    if (parameter === undefined) return null
    if (!this.#refused.has(parameter)) {
      this.#refused.add(parameter)
      this.#onRefusal(parameter)
    }
    return this.#withoutRefused(body)
  }

  #withoutRefused(body: Body): Body {
    const { max_tokens: limit, max_completion_tokens: own } = body
    const most = limit ?? own
    const kept: Record<string, unknown> = { ...body }
    for (const parameter of this.#refused) delete kept[parameter]
    // Of the two names for one limit the other may be taken.
    const isLimited = kept.max_tokens !== undefined || kept.max_completion_tokens !== undefined
    if (most === undefined || isLimited) return kept
    const other = (['max_completion_tokens', 'max_tokens'] as const).find(
      (name) => !this.#refused.has(name),
    )
    return other === undefined ? kept : { ...kept, [other]: most }
  }
}

/** The parameter of a request that a refusal is about: the one it names, or first speaks of. */
function namedIn(said: string, body: Body): Parameter | undefined {
  const sent = DISPENSABLE.filter((parameter) => body[parameter] !== undefined)
  const named = /"param"\s{0,9}:\s{0,9}"(\w{1,64})"/.exec(said)?.[1]
  const exact = sent.find((parameter) => parameter === named)
  if (exact !== undefined) return exact
  const words = said.split(/\W+/)
  return sent
    .map((parameter) => [parameter, words.indexOf(parameter)] as const)
    .filter(([, place]) => place >= 0)
    .sort(([, a], [, b]) => a - b)[0]?.[0]
}
