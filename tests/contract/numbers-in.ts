import type { Endpoint, JsonSchema } from './openapi-document.ts'

/** A number that a caller may send, and where it stands. */
export interface NumberField {
  readonly endpoint: Endpoint
  readonly in: 'body' | 'query' | 'path'
  /** Keys from the root of the body, 0 standing for the first item of a list; else its name. */
  readonly way: readonly (string | number)[]
  readonly schema: JsonSchema
}

/** Every number of every request that is described. */
export function numberFields(endpoints: readonly Endpoint[]): NumberField[] {
  return endpoints.flatMap((endpoint) => {
    const { parameters = [], requestBody } = endpoint.operation
    const [media] = Object.values(requestBody?.content ?? {})
    return [
      ...parameters
        .filter(({ schema }) => isNumber(schema))
        .map((parameter) => ({
          endpoint,
          in: parameter.in === 'path' ? ('path' as const) : ('query' as const),
          way: [parameter.name],
          schema: parameter.schema,
        })),
      ...within(media?.schema ?? {}, []).map(({ way, schema }) => ({
        endpoint,
        in: 'body' as const,
        way,
        schema,
      })),
    ]
  })
}

type Found = Pick<NumberField, 'way' | 'schema'>

function within(schema: JsonSchema, way: readonly (string | number)[]): Found[] {
  const { properties, items, additionalProperties, anyOf } = schema as Record<string, unknown>
  return [
    ...(isNumber(schema) ? [{ way, schema }] : []),
    ...Object.entries((properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, field]) =>
      within(field, [...way, name]),
    ),
    ...(isSchema(items) ? within(items, [...way, 0]) : []),
    ...(isSchema(additionalProperties) ? within(additionalProperties, [...way, 'any']) : []),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((one: JsonSchema) => within(one, way)) : []),
  ]
}

function isNumber({ type }: JsonSchema): boolean {
  const types = [type].flat()
  return types.includes('number') || types.includes('integer')
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}

const MARK = 'the number to be put in here'

/** A body with `json`, which may be no number that JavaScript can hold, in the place of a field. */
export function bodyWith(example: unknown, way: NumberField['way'], json: string): string {
  const body: unknown = structuredClone(example ?? {})
  let holder = body
  for (const [i, key] of way.slice(0, -1).entries()) {
    const next: unknown = Reflect.get(holder as object, key)
    const fresh = typeof way[i + 1] === 'number' ? [] : {}
    if (!isSchema(next)) Reflect.set(holder as object, key, fresh)
    holder = Reflect.get(holder as object, key)
  }
  Reflect.set(holder as object, way.at(-1) ?? '', MARK)
  return JSON.stringify(body).replace(JSON.stringify(MARK), () => json)
}
