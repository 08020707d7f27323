import { Type } from 'typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { freeObject } from '../../http/validation/free-object.ts'
import { LONGEST, nullableText, OpenObject } from '../common-schemas.ts'
import { readChatQuery } from './ollama-query.ts'

const Ignored = { description: 'Accepted and ignored' }

const Message = Type.Object({
  role: Type.String({ maxLength: LONGEST.name }),
  content: Type.String({ maxLength: BODY_BYTES.chat }),
  images: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string', maxLength: BODY_BYTES.chat },
      maxItems: 100,
      ...Ignored,
    }),
  ),
})

const Messages = Type.Refine(
  Type.Refine(
    Type.Array(Message, {
      minItems: 1,
      maxItems: 100_000,
      description: 'The last one is the question, by the user; of the others the newest are heeded',
    }),
    (messages) => !Array.isArray(messages) || asks(messages.at(-1)),
    () => 'the last message must be from the user and ask something',
  ),
  (messages) => !Array.isArray(messages) || lengthOf(messages.at(-1)) <= LONGEST.question,
  () => `the last message must have at most ${LONGEST.question} characters`,
)
const Model = Type.String({ maxLength: LONGEST.name, ...Ignored })
const Options = Type.Optional(
  freeObject<Record<string, unknown> | null>({ name: 'options', nullable: true }),
)
const System = Type.Optional(nullableText(LONGEST.question))

export const ChatBody = Type.Object({
  model: Model,
  messages: Messages,
  stream: Type.Boolean({ default: true }),
  options: Options,
  system: System,
})

export const GenerateBody = Type.Object({
  model: Model,
  prompt: Type.Refine(
    Type.String({ minLength: 1, maxLength: LONGEST.question }),
    (prompt) => typeof prompt !== 'string' || /\S/.test(prompt),
    () => 'prompt must not be blank',
  ),
  system: System,
  stream: Type.Boolean({ default: false }),
  options: Options,
})

const counters = {
  total_duration: Type.Integer({ description: 'In nanoseconds, as all durations' }),
  load_duration: Type.Integer(),
  prompt_eval_count: Type.Integer({ description: 'In tokens' }),
  prompt_eval_duration: Type.Integer({ description: 'Until the first piece' }),
  eval_count: Type.Integer({ description: 'In tokens' }),
  eval_duration: Type.Integer(),
}

const identity = { model: Type.String(), created_at: Type.String() }

export const ChatReply = Type.Object({
  ...identity,
  message: Type.Object({
    role: Type.Literal('assistant'),
    content: Type.String(),
    images: Type.Null(),
  }),
  done_reason: Type.String(),
  done: Type.Boolean(),
  ...counters,
})

export const GenerateReply = Type.Object({
  ...identity,
  response: Type.String(),
  done: Type.Boolean(),
  done_reason: Type.String(),
  context: Type.Array(Type.Integer()),
  ...counters,
})

export const VersionReply = Type.Object({ version: Type.String() })
export const ModelsReply = Type.Object({ models: Type.Array(OpenObject) })

function lengthOf(last: unknown): number {
  if (typeof last !== 'object' || last === null || !('content' in last)) return 0
  return typeof last.content === 'string' ? last.content.length : 0
}

function asks(last: unknown): boolean {
  if (typeof last !== 'object' || last === null) return true
  const { role, content } = { role: '', content: '', ...last }
  // What is no text is refused as such.
  if (typeof role !== 'string' || typeof content !== 'string') return true
  return role === 'user' && /\S/.test(readChatQuery(content).query)
}
