import { isRecord } from '../state/view-state.ts'

/** What went wrong with a request, as the page tells it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0 when no answer came. */
  readonly status: number
  /** Of the server, such as `quota_exceeded`; else `http_404`, or `offline`. */
  readonly code: string
  /** What to look for in the server's log. */
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    message: string,
    about: {
      readonly status: number
      readonly code: string
      readonly requestId?: string | undefined
      readonly retryAfterSeconds?: number | undefined
      readonly cause?: unknown
    },
  ) {
    super(message, { cause: about.cause })
    this.status = about.status
    this.code = about.code
    this.requestId = about.requestId
    this.retryAfterSeconds = about.retryAfterSeconds
  }
}

const LONGEST_WAIT_SECONDS = 86_400

/** The error that an answer tells of. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response
  const body: unknown = await response.json().catch(() => undefined)
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const { code, message } = readBody(body)
  return new ApiError(message ?? `HTTP ${status}`, {
    status,
    code: code ?? `http_${status}`,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: wait > 0 ? Math.min(wait, LONGEST_WAIT_SECONDS) : undefined,
  })
}

/** `{ detail }` as FastAPI has it, a text or a list of what does not fit, with `{ error: { code } }` or not. */
function readBody(body: unknown): { code?: string; message?: string } {
  if (!isRecord(body)) return {}
  const { detail, error } = body
  const coded = isRecord(error) ? error : {}
  const code = typeof coded.code === 'string' ? { code: coded.code } : {}
  if (typeof coded.message === 'string') return { ...code, message: coded.message }
  if (typeof detail === 'string') return { ...code, message: detail }
  if (!Array.isArray(detail)) return code
  const said = detail.map((issue) => (isRecord(issue) ? String(issue.msg ?? '') : ''))
  return { ...code, message: said.filter((one) => one !== '').join('; ') }
}
