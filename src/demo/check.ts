/** One promise of the server, put to the test. */
export interface Check {
  readonly title: string
  readonly holds: boolean
  /** What came instead, for a check that does not hold. */
  readonly found: string
}

/** Checks that a list of offences is empty; the offences tell what was found. */
export function noneOf(title: string, offences: readonly string[]): Check {
  return { title, holds: offences.length === 0, found: offences.join('; ') }
}
