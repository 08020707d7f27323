import { integer } from './env-fields.ts'

/** The variables that bound what requests may bring. */
export const BODY_FIELDS = {
  MAX_REQUEST_BODY_BYTES: integer(
    50 * 1024 * 1024,
    { min: 1024, max: 512 * 1024 * 1024 },
    'Of a body with texts or a graph to take in, in bytes; other bodies are held to less.',
  ),
} as const
