/** What a chat model takes of the parameters that not all models take. */
export interface RequestCapabilities {
  /** By which name a request limits the length of its answer. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** Whether it takes a temperature and the like, and not its own alone. */
  readonly sampling: boolean
}

const USUAL: RequestCapabilities = { maxTokensField: 'max_tokens', sampling: true }
const REASONING: RequestCapabilities = {
  maxTokensField: 'max_completion_tokens',
  sampling: false,
}

/** The first that fits holds; a name is looked at without what stands before its last slash. */
const BY_NAME: readonly (readonly [RegExp, RequestCapabilities])[] = [
  [/^gpt-5[\w.]*-chat/, { maxTokensField: 'max_completion_tokens', sampling: true }],
  [/^gpt-5/, REASONING],
  [/^o[1-9](?:$|[-_.])/, REASONING],
  [/^codex-/, REASONING],
]

/**
 * What a model is known to take, by its name. Who is wrong about it learns it from the provider's
 * refusal; an installation that knows better says so.
 */
export function capabilitiesOf(
  model: string,
  known: Partial<RequestCapabilities> = {},
): RequestCapabilities {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const [, byName = USUAL] = BY_NAME.find(([pattern]) => pattern.test(name)) ?? []
  return {
    maxTokensField: known.maxTokensField ?? byName.maxTokensField,
    sampling: known.sampling ?? byName.sampling,
  }
}
