/** One environment variable: how its text is read, and what it is for. */
export interface EnvField<T> {
  /** Used when the variable is absent or empty. */
  readonly fallback: T
  readonly about: string
  /** The value, or a sentence that says what the text must be. */
  readonly parse: (text: string) => { readonly value: T } | { readonly problem: string }
}

export type EnvFields = Readonly<Record<string, EnvField<unknown>>>
export type EnvValues<F extends EnvFields> = {
  readonly [K in keyof F]: F[K] extends EnvField<infer T> ? T : never
}

export function text<T extends string | undefined>(
  fallback: T,
  about: string,
): EnvField<string | T> {
  return { fallback, about, parse: (value) => ({ value }) }
}

/** A text that something else knows how to read. */
export function parsed<T>(fallback: T, about: string, parse: EnvField<T>['parse']): EnvField<T> {
  return { fallback, about, parse }
}

/**
 * The least and the greatest value of a number. Both are asked for: what goes on into timers, loops
 * and memory is not to be as large as somebody happens to type.
 */
export interface Range {
  readonly min: number
  readonly max: number
}

export interface NumberField<T> extends EnvField<T> {
  readonly range: Range
}

export function integer<T extends number | undefined>(
  fallback: T,
  range: Range,
  about: string,
): NumberField<number | T> {
  const parse = (value: string) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    return number >= range.min && number <= range.max
      ? { value: number }
      : { problem: `must be a whole number from ${range.min} to ${range.max}` }
  }
  return { fallback, range, about, parse }
}

export function decimal<T extends number | undefined>(
  fallback: T,
  range: Range,
  about: string,
): NumberField<number | T> {
  const parse = (value: string) => {
    const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
    return number >= range.min && number <= range.max
      ? { value: number }
      : { problem: `must be a number from ${range.min} to ${range.max}` }
  }
  return { fallback, range, about, parse }
}

const TRUE = ['true', '1', 'yes', 't', 'on']
const FALSE = ['false', '0', 'no', 'f', 'off']

export function flag(fallback: boolean, about: string): EnvField<boolean> {
  const parse = (value: string) => {
    const word = value.toLowerCase()
    if (TRUE.includes(word)) return { value: true }
    if (FALSE.includes(word)) return { value: false }
    return { problem: 'must be true or false' }
  }
  return { fallback, about, parse }
}

export function oneOf<const T extends string>(
  values: readonly T[],
  fallback: NoInfer<T>,
  about: string,
  remedy = '',
): EnvField<T> {
  const parse = (value: string) => {
    const known = values.find((candidate) => candidate === value.toLowerCase())
    if (known !== undefined) return { value: known }
    return { problem: `must be one of ${values.join(', ')}${remedy && `; ${remedy}`}` }
  }
  return { fallback, about, parse }
}

/** Comma-separated, or a JSON list of strings. */
export function list(fallback: readonly string[], about: string): EnvField<readonly string[]> {
  const parse = (value: string) => {
    if (!value.startsWith('[')) {
      return { value: value.split(',').flatMap((item) => item.trim() || []) }
    }
    const items = parsedList(value)
    return items ? { value: items } : { problem: 'must be a list such as a,b or ["a","b"]' }
  }
  return { fallback, about, parse }
}

function parsedList(value: string): string[] | null {
  try {
    const items: unknown = JSON.parse(value)
    const valid = Array.isArray(items) && items.every((item) => typeof item === 'string')
    return valid ? items : null
  } catch {
    return null
  }
}

/**
 * Reads all fields; `problems` has one sentence for each variable that cannot be read. Such a one has
 * its fallback, so that what else is wrong can be found in the same round.
 */
export function readFields<F extends EnvFields>(
  fields: F,
  env: Readonly<Record<string, string | undefined>>,
): { values: EnvValues<F>; problems: string[]; unread: ReadonlySet<string> } {
  const problems: string[] = []
  const unread = new Set<string>()
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const given = env[name]?.trim() ?? ''
    const read = given === '' ? { value: field.fallback } : field.parse(given)
    if ('problem' in read) {
      problems.push(`${name} ${read.problem}`)
      unread.add(name)
    }
    values[name] = 'problem' in read ? field.fallback : read.value
  }
  // Complete: the loop has been through all of the fields.
  return { values: values as EnvValues<F>, problems, unread }
}
