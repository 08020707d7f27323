/** What can be wrong with the transport of a request, as opposed to its content. */
export type RequestErrorCode =
  | 'upload_too_large'
  | 'upload_malformed'
  | 'upload_interrupted'
  | 'cursor_invalid'
  | 'nothing_to_repair'
  | 'unconfirmed'
  | 'overloaded'
  | 'host_repeated'
  | 'unknown_host'
  | 'foreign_page'
  | 'body_too_large'
  | 'body_encoded'
  | 'body_interrupted'
  | 'length_required'
  | 'caller_sends_too_much'
  | 'server_holds_too_much'
  | 'host_lost'

/** A request whose body cannot be taken in; `message` is for the caller. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: RequestErrorCode
  /** When to try again, where that may help. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: RequestErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, options)
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
