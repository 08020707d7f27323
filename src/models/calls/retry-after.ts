/** Nobody is believed who asks for longer: in milliseconds, a day. */
const LONGEST_MS = 86_400_000
/** A number from here on is no wait but a point in time, in seconds since 1970 (2001), ... */
const EARLIEST_SECOND = 1e9
/** ... and from here on in milliseconds. */
const EARLIEST_MILLISECOND = 1e12

/**
 * Milliseconds that a `Retry-After` header asks to wait, a day at most: a number of seconds, or an
 * HTTP date; some providers send a time stamp.
 *
 * @param now in milliseconds since 1970
 * @returns undefined when there is no such header or it says nothing
 */
export function retryAfterMs(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(text)) return bounded(ofNumber(Number(text), now))
  // A date starts with a letter; Date.parse alone would take many other things for one.
  if (!/^[A-Za-z]{3}/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : bounded(at - now)
}

function ofNumber(number: number, now: number): number {
  if (number < EARLIEST_SECOND) return number * 1000
  return (number < EARLIEST_MILLISECOND ? number * 1000 : number) - now
}

function bounded(ms: number): number {
  return Math.ceil(Math.min(LONGEST_MS, Math.max(0, ms)))
}
