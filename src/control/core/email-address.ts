const PART = '[^\\s@,;:<>()\\[\\]"\\\\\\p{Cc}]'
const SHAPE = new RegExp(`^${PART}{1,64}@${PART}{1,189}$`, 'u')

/** Whether a text is one address and no more: neither a list nor lines of a mail's head. */
export function isEmailAddress(text: string): boolean {
  return SHAPE.test(text)
}
