import type { FastifyInstance } from 'fastify'
import { isObject } from './lax-value.ts'

const PARTS = ['body', 'querystring', 'params', 'headers'] as const

/** Stops the server from starting when a route lets its caller send as much as they like. */
export function requireBounds(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const part of PARTS) {
      const given = schema?.[part]
      const [first] = given === undefined ? [] : unboundedFields(given)
      if (first === undefined) continue
      throw new TypeError(`Something has no bound in the ${part} of ${method} ${url}: ${first}`)
    }
  })
}

/** Keywords by which a type of value is bounded; all of a line are needed. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  string: ['maxLength'],
  array: ['maxItems'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
  null: [],
}
/** Of objects with fields of any name: how many, and how much as JSON in all. */
const OF_ANY_FIELDS = ['maxProperties', 'maxBytes'] as const

/**
 * Where a schema lets a caller send as much as they like: texts, lists and objects of any length,
 * numbers without a range. A schema that names no type counts as unbounded.
 *
 * @returns the way to each place and what it lacks, as in `filters.tags[]: maxLength`
 */
export function unboundedFields(schema: unknown, way = ''): string[] {
  if (!isObject(schema)) return [`${way}: a type`]
  const alternatives = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray)
  if (alternatives !== undefined) return alternatives.flatMap((one) => unboundedFields(one, way))
  if (Array.isArray(schema.enum) || schema.const !== undefined) return []
  const types = [schema.type ?? []].flat().map(String)
  if (types.length === 0) return [`${way}: a type`]
  return types.flatMap((type) => [
    ...(BOUNDS[type] ?? []).filter((keyword) => !isBound(schema[keyword])).map(lacking(way)),
    ...(type === 'array' ? unboundedFields(schema.items, `${way}[]`) : []),
    ...(type === 'object' ? unboundedIn(schema, way) : []),
  ])
}

/** Fields that an object does not name are left out before anybody sees them, unless it says so. */
function unboundedIn(schema: Record<string, unknown>, way: string): string[] {
  const { properties, additionalProperties: others, patternProperties: patterns } = schema
  const named = isObject(properties) ? properties : undefined
  const found = Object.entries(named ?? {}).flatMap(([name, field]) =>
    unboundedFields(field, way === '' ? name : `${way}.${name}`),
  )
  if (others === false) return found
  if (others === undefined && named !== undefined && patterns === undefined) return found
  const values = isObject(patterns) ? Object.values(patterns) : [others]
  const free = values.some((value) => unboundedFields(value).length > 0)
  const needed = free ? OF_ANY_FIELDS : OF_ANY_FIELDS.slice(0, 1)
  return [...found, ...needed.filter((keyword) => !isBound(schema[keyword])).map(lacking(way))]
}

function isBound(bound: unknown): boolean {
  return typeof bound === 'number' && Number.isFinite(bound)
}

function lacking(way: string): (keyword: string) => string {
  return (keyword) => `${way}: ${keyword}`
}
