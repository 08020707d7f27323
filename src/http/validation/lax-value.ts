/** The keywords of a JSON schema that decide how a value is read. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly default?: unknown
  readonly additionalProperties?: unknown
}

const INTEGER = /^\s*[+-]?\d+(?:\.0*)?\s*$/
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i
const BOOLEANS = new Map<unknown, boolean>([
  ...[1, '1', 'true', 't', 'yes', 'y', 'on'].map((text) => [text, true] as const),
  ...[0, '0', 'false', 'f', 'no', 'n', 'off'].map((text) => [text, false] as const),
])

/**
 * Reads a value as Pydantic does outside its strict mode: texts that spell a number or a boolean
 * become one, absent values take their default, fields that the schema does not name are left out
 * unless it forbids them.
 * What cannot be read that way stays as it is, for the schema to refuse.
 */
export function laxValue(schema: SchemaNode, value: unknown): unknown {
  if (value === undefined) return defaultOf(schema)
  if (value === null) return value
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.includes('object')) return laxObject(schema, value)
  if (types.includes('array')) return laxArray(schema, value)
  if (types.includes('integer')) return laxNumber(value, INTEGER)
  if (types.includes('number')) return laxNumber(value, NUMBER)
  if (types.includes('boolean')) return laxBoolean(value)
  return value
}

function defaultOf({ default: value }: SchemaNode): unknown {
  // A handler that changed a shared default would change it for every later request.
  return typeof value === 'object' ? structuredClone(value) : value
}

function laxObject(schema: SchemaNode, value: unknown): unknown {
  const { properties } = schema
  if (properties === undefined || !isObject(value)) return value
  const read: Record<string, unknown> = schema.additionalProperties === false ? { ...value } : {}
  for (const [name, property] of Object.entries(properties)) {
    const item = laxValue(property, Object.hasOwn(value, name) ? value[name] : undefined)
    if (item !== undefined) read[name] = item
  }
  return read
}

function laxArray(schema: SchemaNode, value: unknown): unknown {
  const { items } = schema
  if (items === undefined || !Array.isArray(value)) return value
  return value.map((item) => laxValue(items, item))
}

function laxNumber(value: unknown, pattern: RegExp): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' && pattern.test(value) ? Number(value) : value
}

function laxBoolean(value: unknown): unknown {
  return BOOLEANS.get(typeof value === 'string' ? value.toLowerCase() : value) ?? value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
