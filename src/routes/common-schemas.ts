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

/** Longest texts of what callers send, in characters; what is longer is no such thing. */
export const LONGEST = {
  /** Of ids, and names of entities. */
  name: 1024,
  /** Of file names and sources of documents. */
  file: 4096,
  /** Of a question, a prompt, or a turn of a conversation. */
  question: 65_536,
  /** Of a text to take in, which the length of its body bounds: the longest text there can be. */
  document: 2 ** 29,
} as const

/** Most entries of lists in one request. */
export const MOST = {
  /** Documents, texts, or ids of them that a filter names. */
  ids: 5000,
  texts: 10_000,
} as const

/** Of counts and pages: beyond, something else was meant. */
export const LARGEST_COUNT = 1_000_000_000

/** Null or a text of the caller's. */
export const nullableText = (maxLength: number) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength })

/** A text that says something. */
export const Text = (name: string, maxLength: number) =>
  Type.Refine(
    Type.String({ minLength: 1, maxLength }),
    (text) => typeof text !== 'string' || /\S/.test(text),
    () => `${name} must not be blank`,
  )
