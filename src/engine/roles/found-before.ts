import type { Extraction } from '../ports/models.ts'

const FOUND = new WeakMap<object, Extraction>()

/** The same error, which knows what an extraction had found before it failed. */
export function withFound(error: unknown, found: Extraction): unknown {
  if (error instanceof Error) FOUND.set(error, found)
  return error
}

/** What was found before an extraction failed; undefined when that was nothing. */
export function foundBefore(error: unknown): Extraction | undefined {
  return error instanceof Error ? FOUND.get(error) : undefined
}
