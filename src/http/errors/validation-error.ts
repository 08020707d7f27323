/** One complaint about a request, in the shape that FastAPI's clients parse. */
export interface ValidationIssue {
  /** Kind of failure, such as `missing` or `string_too_short`. */
  readonly type: string
  /** Part of the request (`body`, `query`, `path`, `header`), then the way to the value. */
  readonly loc: readonly (string | number)[]
  readonly msg: string
  /** The value that was refused, shortened when long; null where there is none. */
  readonly input: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

/** A request that does not fit its schema; answered with 422 and all issues at once. */
export class RequestValidationError extends Error {
  override readonly name = 'RequestValidationError'
  readonly code = 'request_invalid'
  readonly issues: readonly ValidationIssue[]

  constructor(issues: readonly ValidationIssue[]) {
    super(issues.map((issue) => `${issue.loc.join(' -> ')}: ${issue.msg}`).join('; '))
    this.issues = issues
  }
}

/** The issue of a required value that was not sent. */
export function missing(loc: readonly (string | number)[], input: unknown = null): ValidationIssue {
  return { type: 'missing', loc, msg: 'Field required', input }
}
