import { Type } from 'typebox'

// One `type` list instead of a union: a refused value is then reported once, as itself.
export const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })
export const NullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
export const NullableObject = Type.Unsafe<Record<string, unknown> | null>({
  type: ['object', 'null'],
  additionalProperties: true,
})
export const OpenObject = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
})

/** Most answers of writing endpoints: what became of it, in a word and in a sentence. */
export const StatusMessage = Type.Object({ status: Type.String(), message: Type.String() })

/** A text that says something. */
export const Text = (name: string) =>
  Type.Refine(
    Type.String({ minLength: 1 }),
    (text) => typeof text !== 'string' || /\S/.test(text),
    () => `${name} must not be blank`,
  )
