import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { freeObject, METADATA_BYTES } from '../../http/validation/free-object.ts'
import { objectIn } from '../database/json-column.ts'
import { ControlError } from './control-error.ts'

const Text = Type.String({ minLength: 1, maxLength: 500 })
const Prompt = Type.String({ minLength: 1, maxLength: 20_000 })

/** Addresses are the server's business: a tenant could point it at machines beside it. */
const Binding = Type.Enum(['offline', 'openai', 'ollama', 'azure_openai'])

/** What a tenant or a knowledge base sets for itself; what is absent is inherited. */
export const RagConfig = Type.Object(
  {
    llm_binding: Type.Optional(Binding),
    llm_model: Type.Optional(Text),
    llm_temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
    llm_max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    embedding_binding: Type.Optional(Binding),
    embedding_model: Type.Optional(Text),
    embedding_dim: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_536 })),
    rerank_model: Type.Optional(Text),
    top_k: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    chunk_top_k: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    cosine_threshold: Type.Optional(Type.Number({ minimum: -1, maximum: 1 })),
    min_rerank_score: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    enable_llm_cache: Type.Optional(Type.Boolean()),
    enable_rerank: Type.Optional(Type.Boolean()),
    chunk_size: Type.Optional(Type.Integer({ minimum: 16, maximum: 100_000 })),
    chunk_overlap: Type.Optional(Type.Integer({ minimum: 0, maximum: 99_999 })),
    max_entity_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    max_relation_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    max_total_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    entity_types: Type.Optional(Type.Array(Text, { minItems: 1, maxItems: 100 })),
    language: Type.Optional(Text),
    prompts: Type.Optional(
      Type.Object(
        {
          /** The system prompt of answers, with `{context_data}` where the context belongs. */
          answer: Type.Optional(
            Type.String({ maxLength: 20_000, pattern: '\\{(context|content)_data\\}' }),
          ),
          /** Rules for extraction, behind those of the server. */
          extraction: Type.Optional(Prompt),
        },
        { additionalProperties: false },
      ),
    ),
    custom_metadata: Type.Optional(
      freeObject<Record<string, unknown>>({ name: 'custom_metadata' }),
    ),
  },
  { additionalProperties: false },
)
export type RagConfig = Static<typeof RagConfig>

const check = Compile(RagConfig)

/** @throws {ControlError} `invalid_input`, naming the first bad field */
export function checkedConfig(value: unknown): RagConfig {
  if (!check.Check(value)) {
    const [first] = check.Errors(value)
    const where = first?.instancePath.replaceAll('/', '.').slice(1) ?? ''
    const what = first?.keyword === '~refine' ? first.params.message : first?.message
    throw new ControlError('invalid_input', `The config is refused: ${where} ${what}`)
  }
  const { prompts: _prompts, custom_metadata: _own, ...rest } = value
  if (Buffer.byteLength(JSON.stringify(rest)) > METADATA_BYTES) {
    const bound = `at most ${METADATA_BYTES} bytes as JSON`
    throw new ControlError('invalid_input', `A config has, beside its prompts, ${bound}`)
  }
  const { chunk_size: size, chunk_overlap: overlap } = value
  if (size !== undefined && overlap !== undefined && overlap > size / 2) {
    throw new ControlError('invalid_input', 'chunk_overlap must be at most half of chunk_size')
  }
  return value
}

export function configIn(column: string): RagConfig {
  const value = objectIn(column)
  if (check.Check(value)) return value
  // Kept when it could still be of any length.
  const { custom_metadata: _own, ...rest } = value
  return check.Check(rest) ? rest : {}
}

/** Changes a config: what is null is inherited again, what is absent stays. */
export function changedConfig(column: string, change: Readonly<Record<string, unknown>>) {
  const merged = { ...objectIn(column), ...change }
  const kept = Object.entries(merged).filter(([, value]) => value !== null)
  return checkedConfig(Object.fromEntries(kept))
}
