import { APICallError, RetryError, TypeValidationError } from 'ai'
import {
  CallFailure,
  connectionFailure,
  reportedFailure,
  statusFailure,
  unreadableAnswer,
} from '../calls/call-failure.ts'
import { reportedIn } from '../calls/post-json.ts'
import { retryAfterMs } from '../calls/retry-after.ts'

/** What an error of the AI SDK, or of a model behind it, means for the call. */
export function callFailureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error
  if (RetryError.isInstance(error)) return callFailureOf(error.lastError)
  if (APICallError.isInstance(error)) return ofApiCall(error)
  if (TypeValidationError.isInstance(error)) return ofAnswer(error.value)
  // An error event of a stream comes as the provider sent it.
  if (!(error instanceof Error)) return reportedFailure(error)
  if (error instanceof Error && UNREADABLE.has(error.name)) return unreadableAnswer()
  if (error instanceof Error && MISUSE.has(error.name)) {
    return new CallFailure('rejected', 'The model cannot be used as it is configured')
  }
  return connectionFailure(error)
}

const UNREADABLE: ReadonlySet<string> = new Set([
  'AI_EmptyResponseBodyError',
  'AI_InvalidResponseDataError',
  'AI_JSONParseError',
  'AI_NoContentGeneratedError',
  'AI_NoOutputGeneratedError',
])

const MISUSE: ReadonlySet<string> = new Set([
  'AI_InvalidArgumentError',
  'AI_InvalidPromptError',
  'AI_LoadAPIKeyError',
  'AI_LoadSettingError',
  'AI_NoSuchModelError',
  'AI_UnsupportedFunctionalityError',
  'AI_UnsupportedModelVersionError',
])

function ofApiCall(error: APICallError): CallFailure {
  const { statusCode } = error
  if (statusCode === undefined) return connectionFailure(error)
  // The body could not be read to its end.
  const { cause } = error
  if (statusCode < 300 && error.responseBody === undefined && cause instanceof Error) {
    return callFailureOf(cause)
  }
  // A good status with a body that is no answer: an error, half of one, a page of some gateway.
  if (statusCode < 300) return ofAnswer(parsed(error.responseBody))
  const wait = retryAfterMs(error.responseHeaders?.['retry-after'], Date.now())
  return statusFailure(statusCode, wait, error.message)
}

/** What has not the form of an answer may still be a report of an error. */
function ofAnswer(value: unknown): CallFailure {
  const reported = reportedIn(value)
  return reported === undefined ? unreadableAnswer() : reportedFailure(reported)
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    return undefined
  }
}
