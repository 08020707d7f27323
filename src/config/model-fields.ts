import { decimal, flag, integer, oneOf } from './env-fields.ts'

/** The variables that say how models are called. */
export const MODEL_FIELDS = {
  MAX_ASYNC: integer(4, { min: 1, max: 1024 }, 'Language model calls at once, of all workspaces.'),
  ...shares('MAX_ASYNC'),
  EMBEDDING_FUNC_MAX_ASYNC: integer(8, { min: 1, max: 1024 }, 'Embedding calls at once.'),
  ...shares('EMBEDDING_FUNC_MAX_ASYNC'),
  LLM_MAX_TOKENS_FIELD: oneOf(
    ['auto', 'max_tokens', 'max_completion_tokens'],
    'auto',
    'Name by which LLM_MAX_TOKENS is sent; auto = by the name of the model.',
  ),
  LLM_SEND_SAMPLING: oneOf(
    ['auto', 'true', 'false'],
    'auto',
    'Whether LLM_TEMPERATURE is sent; auto = not to reasoning models.',
  ),
  CHECK_MODELS: flag(
    true,
    'Whether each model gets one small call at the start, of which the log tells.',
  ),
  SEARCH_WITH_HISTORY: flag(
    true,
    'Whether a further question is searched for with what it leans on of its conversation.',
  ),
  STREAM_KEEP_ALIVE_SECONDS: decimal(
    2,
    { min: 0, max: 600 },
    'Silence of a streamed answer after which a line that says nothing is sent; 0 = never.',
  ),
} as const

type Limit = 'MAX_ASYNC' | 'EMBEDDING_FUNC_MAX_ASYNC'
type Shares<L extends Limit> = {
  readonly [Name in `${L}_FOR_QUERIES` | `${L}_PER_WORKSPACE`]: ReturnType<typeof share>
}

function shares<L extends Limit>(limit: L): Shares<L> {
  return {
    [`${limit}_FOR_QUERIES`]: share(
      0,
      'Of these, kept free for questions. Unset: an eighth, at least 1; of a single one none.',
    ),
    [`${limit}_PER_WORKSPACE`]: share(
      1,
      'Of these, most of one workspace. Unset: all, but an eighth where there are several.',
    ),
  } as Shares<L>
}

function share(min: number, about: string) {
  return integer(undefined, { min, max: 1024 }, about)
}

type Values = { readonly [Name in Limit]: number } & {
  readonly [Name in keyof (Shares<'MAX_ASYNC'> & Shares<'EMBEDDING_FUNC_MAX_ASYNC'>)]:
    | number
    | undefined
}

/** What is wrong with these, one sentence each. */
export function modelProblems(values: Values): string[] {
  return (['MAX_ASYNC', 'EMBEDDING_FUNC_MAX_ASYNC'] as const).flatMap((limit) => {
    const forQueries = values[`${limit}_FOR_QUERIES`]
    if (forQueries === undefined || forQueries === 0 || forQueries < values[limit]) return []
    return [`${limit}_FOR_QUERIES must be less than ${limit}, or documents would never be read`]
  })
}
