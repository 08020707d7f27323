export type DemoErrorCode = 'broken_example' | 'unexpected_reply' | 'not_processed'

/** What stops the demo before its checks can run. */
export class DemoError extends Error {
  readonly code: DemoErrorCode

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DemoError'
    this.code = code
  }
}
