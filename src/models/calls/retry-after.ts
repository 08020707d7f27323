/**
 * Milliseconds that a `Retry-After` header asks to wait: a number of seconds, or an HTTP date.
 *
 * @param now in milliseconds since 1970
 * @returns undefined when there is no such header or it says nothing
 */
export function retryAfterMs(value: string | null | undefined, now: number): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // A date starts with a letter; Date.parse alone would take many other things for one.
  if (!/^[A-Za-z]{3}/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
