const SPACE = /[ \t\n\r]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** What may come next: a value, a value or `]`, a key, a key or `}`, or what follows a value. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'next'

/**
 * Where a text stops being JSON, in UTF-16 units from 0; its length when it ends too early.
 *
 * V8 names the place in some of its messages only, so the text is read once more.
 */
export function jsonErrorPosition(text: string): number {
  const closers: string[] = []
  let expected: Expected = 'value'
  let at = skip(SPACE, text, 0)
  while (at < text.length) {
    const step = readToken(text, at, expected, closers)
    if (step === undefined) return at
    at = skip(SPACE, text, step.end)
    expected = step.expected
  }
  return text.length
}

interface Step {
  readonly end: number
  readonly expected: Expected
}

function readToken(
  text: string,
  at: number,
  expected: Expected,
  closers: string[],
): Step | undefined {
  const char = text.charAt(at)
  if (char === closers.at(-1) && (expected === 'next' || expected.endsWith(char))) {
    closers.pop()
    return { end: at + 1, expected: 'next' }
  }
  if (expected === 'next') {
    if (char !== ',' || closers.length === 0) return undefined
    return { end: at + 1, expected: closers.at(-1) === '}' ? 'key' : 'value' }
  }
  return expected.startsWith('key') ? readKey(text, at) : readValue(text, at, char, closers)
}

function readKey(text: string, at: number): Step | undefined {
  const end = stringEnd(text, at)
  if (end === at) return undefined
  const colon = skip(SPACE, text, end)
  return text.charAt(colon) === ':' ? { end: colon + 1, expected: 'value' } : undefined
}

function readValue(text: string, at: number, char: string, closers: string[]): Step | undefined {
  if (char === '{' || char === '[') {
    closers.push(char === '{' ? '}' : ']')
    return { end: at + 1, expected: char === '{' ? 'key or }' : 'value or ]' }
  }
  const end = char === '"' ? stringEnd(text, at) : skip(SCALAR, text, at)
  return end === at ? undefined : { end, expected: 'next' }
}

/** Where the string at a place ends; the place itself when none stands there. */
function stringEnd(text: string, at: number): number {
  if (text.charAt(at) !== '"') return at
  let next = at + 1
  // A loop, for a repeated group over a text of megabytes overflows the stack of the regex engine.
  while (next < text.length) {
    const char = text.charAt(next)
    if (char === '"') return next + 1
    const end = char === '\\' ? skip(ESCAPE, text, next) : next + Number(char >= ' ')
    if (end === next) return at
    next = end
  }
  return at
}

/** The end of what `pattern` matches at a place; the place itself when it does not match. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
