import { Type } from 'typebox'
import { NullableObject, NullableString, OpenObject } from './common-schemas.ts'
import { readChatQuery } from './ollama-query.ts'

const Ignored = { description: 'Accepted and ignored' }

const Message = Type.Object({
  role: Type.String(),
  content: Type.String(),
  images: Type.Optional(
    Type.Unsafe<string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      ...Ignored,
    }),
  ),
})

const Messages = Type.Refine(
  Type.Array(Message, { minItems: 1, description: 'The last one is the question, by the user' }),
  (messages) => !Array.isArray(messages) || asks(messages.at(-1)),
  () => 'the last message must be from the user and ask something',
)

export const ChatBody = Type.Object({
  model: Type.String(Ignored),
  messages: Messages,
  stream: Type.Boolean({ default: true }),
  options: Type.Optional(NullableObject),
  system: Type.Optional(NullableString),
})

export const GenerateBody = Type.Object({
  model: Type.String(Ignored),
  prompt: Type.Refine(
    Type.String({ minLength: 1 }),
    (prompt) => typeof prompt !== 'string' || /\S/.test(prompt),
    () => 'prompt must not be blank',
  ),
  system: Type.Optional(NullableString),
  stream: Type.Boolean({ default: false }),
  options: Type.Optional(NullableObject),
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

function asks(last: unknown): boolean {
  if (typeof last !== 'object' || last === null) return true
  const { role, content } = { role: '', content: '', ...last }
  // What is no text is refused as such.
  if (typeof role !== 'string' || typeof content !== 'string') return true
  return role === 'user' && /\S/.test(readChatQuery(content).query)
}
