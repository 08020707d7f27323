import fc from 'fast-check'
import type { JsonSchema } from './openapi-document.ts'

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\u0000',
      '../../etc/passwd',
      '/mix[x] who',
      '/context',
      "'; DROP TABLE documents; --",
      '"*" OR NEAR(',
      '%00%ff',
      '__proto__',
      '*',
      '\u202e\ud800',
      '日本語のテキスト',
      'x'.repeat(5000),
    ),
  },
)

/** Values that no schema expects. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, '', [], {}, -1, 0, 1e308, -1e308, 2 ** 53, 0.1, true, [[[]]]),
  text,
)

/** Values that fit a schema, as far as its keywords say. */
export function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? 'any'].flat()
  return fc.oneof(...types.map((type) => ofType(String(type), schema)))
}

function ofType(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return object(schema)
    case 'array': {
      const { items, minItems } = schema as { items?: JsonSchema; minItems?: number }
      return fc.array(fitting(items ?? {}), { minLength: minItems ?? 0, maxLength: 4 })
    }
    case 'string': {
      const least = Number(schema.minLength ?? 0)
      return text.map((value) => value.padEnd(least, 'q'))
    }
    case 'integer':
      return integer(schema)
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function object(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { properties, required = [] } = schema as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  if (properties === undefined) return fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }))
  const fields: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [name, property] of Object.entries(properties)) fields[name] = fitting(property)
  return fc.record(fields, { requiredKeys: required })
}

function integer({ minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const min = Number(minimum ?? -(2 ** 31))
  const max = Number(maximum ?? 2 ** 31)
  return fc.oneof(
    fc.integer({ min, max: Math.min(max, min + 100) }),
    fc.integer({ min, max }),
    fc.constant(max),
  )
}

/** The value with something within it dropped, added or exchanged for junk. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat(), junk, fc.constantFrom('exchange', 'drop', 'add'))
    .map(([at, bad, how]) => {
      const places = placesIn(value)
      const place = places[at % places.length]
      if (place === undefined) return bad
      const copy: unknown = structuredClone(value)
      let holder: unknown = copy
      for (const key of place.slice(0, -1)) holder = Reflect.get(holder as object, key)
      const key = place.at(-1) ?? ''
      if (how === 'drop') Reflect.deleteProperty(holder as object, key)
      else Reflect.set(holder as object, how === 'add' ? `${key}x` : key, bad)
      return copy
    })
}

function placesIn(value: unknown, above: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => {
    const place = [...above, key]
    return [place, ...placesIn(item, place)]
  })
}
