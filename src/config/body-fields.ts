import { LARGE_SHARE } from '../http/body/body-budget.ts'
import { type EnvValues, integer } from './env-fields.ts'

/** The variables that bound what requests may bring. */
export const BODY_FIELDS = {
  MAX_REQUEST_BODY_BYTES: integer(
    50 * 1024 * 1024,
    { min: 1024, max: 512 * 1024 * 1024 },
    'Of a body with texts or a graph to take in, in bytes; other bodies are held to less.',
  ),
  BODIES_AT_ONCE_MB: integer(
    256,
    { min: 1, max: 65_536 },
    'Memory for bodies of all callers at once, in MB; then 503. Large ones get three quarters of it.',
  ),
  BODIES_AT_ONCE_MB_PER_CALLER: integer(
    96,
    { min: 1, max: 65_536 },
    'The same of one caller; then 429.',
  ),
} as const

const MB = 1024 * 1024

/** @returns a sentence for each thing that does not go together */
export function bodyProblems(values: EnvValues<typeof BODY_FIELDS>): string[] {
  const { MAX_REQUEST_BODY_BYTES: longest, BODIES_AT_ONCE_MB: all } = values
  const perCaller = values.BODIES_AT_ONCE_MB_PER_CALLER
  const problems: string[] = []
  if (longest > perCaller * MB) {
    problems.push(
      `BODIES_AT_ONCE_MB_PER_CALLER must have room for MAX_REQUEST_BODY_BYTES: at least ${Math.ceil(longest / MB)}`,
    )
  }
  if (perCaller > all * LARGE_SHARE) {
    problems.push(
      `BODIES_AT_ONCE_MB must be at least ${Math.ceil(perCaller / LARGE_SHARE)}, a third more than BODIES_AT_ONCE_MB_PER_CALLER`,
    )
  }
  return problems
}
