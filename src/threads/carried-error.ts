/**
 * An error as data. A structured clone keeps no class and no property of an error, and so loses its
 * code and details.
 */
export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly properties: Readonly<Record<string, unknown>>
  readonly cause: CarriedError | undefined
}

/** Classes by the names of their errors. */
export type ErrorClasses = Readonly<Record<string, { readonly prototype: Error }>>

export function carriedError(thrown: unknown): CarriedError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const own = Object.entries(error).filter(([, value]) => isCloneable(value))
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    properties: Object.fromEntries(own),
    cause: error.cause === undefined ? undefined : carriedError(error.cause),
  }
}

/** The error as it was, of its class where that is among `classes`. */
export function restoredError(carried: CarriedError, classes: ErrorClasses = {}): Error {
  const { name, message, stack, properties, cause } = carried
  const error = new Error(message, cause && { cause: restoredError(cause, classes) })
  const known = classes[name]
  if (known) Object.setPrototypeOf(error, known.prototype)
  const define = (key: string, value: unknown) =>
    Object.defineProperty(error, key, { value, configurable: true, writable: true })
  if (error.name !== name) define('name', name)
  if (stack !== undefined) define('stack', stack)
  return Object.assign(error, properties)
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
