const KB = 1024

/**
 * How long the body of a request may be, in bytes, by what it is for. A route names its size where
 * it is declared; texts and uploads have their own, from the configuration.
 */
export const BODY_BYTES = {
  /** Of strangers, and wherever no body is looked at. */
  small: 16 * KB,
  /** Acts of management: names, settings, one item of a graph. */
  management: 64 * KB,
  /** One question, or a list of ids. */
  question: 256 * KB,
  /** A conversation as chat programs send it, whole each time. */
  chat: 4 * KB * KB,
} as const

/** Objects and lists within one another. */
export const DEEPEST_BODY = 64

const FEWEST_VALUES = 1024
const MOST_VALUES = 1024 * 1024
const BYTES_A_VALUE = 16

/**
 * Most values (objects, lists, texts, numbers …) that a JSON body of a route may hold.
 *
 * What counts for the memory of the process is not only how long a body is: a million empty objects
 * are read from three megabytes and take sixty.
 */
export function mostValues(bodyLimit: number): number {
  return Math.min(MOST_VALUES, Math.max(FEWEST_VALUES, Math.floor(bodyLimit / BYTES_A_VALUE)))
}
