import { Type } from 'typebox'
import { isObject } from './lax-value.ts'

/** Longest metadata, in bytes of JSON, wherever somebody may keep some. */
export const METADATA_BYTES = 16 * 1024
const MOST_FIELDS = 100

export interface FreeObjectOptions {
  /** Names it in the refusal. */
  readonly name: string
  readonly description?: string
  /** Of all of it as JSON, in bytes; {@link METADATA_BYTES} unless given. */
  readonly maxBytes?: number
  readonly nullable?: boolean
}

/** An object with fields of the caller's own, bounded by their number and by its length as JSON. */
export function freeObject<T extends Readonly<Record<string, unknown>> | null>(
  options: FreeObjectOptions,
) {
  const { name, description, maxBytes = METADATA_BYTES, nullable = false } = options
  return Type.Refine(
    Type.Unsafe<T>({
      type: nullable ? ['object', 'null'] : 'object',
      additionalProperties: true,
      maxProperties: MOST_FIELDS,
      maxBytes,
      ...(description === undefined ? {} : { description }),
    }),
    (value) => !isObject(value) || Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
    () => `${name} has at most ${maxBytes} bytes as JSON`,
  )
}
