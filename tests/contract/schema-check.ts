import { Compile } from 'typebox/schema'

type Json = Readonly<Record<string, unknown>>

/** Puts the shared parts of a description in the place of the references to them. */
export function resolved(description: unknown, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => resolved(description, item))
  if (typeof node !== 'object' || node === null) return node
  if ('$ref' in node && typeof node.$ref === 'string') {
    let target = description
    for (const key of node.$ref.split('/').slice(1)) target = (target as Json)[key]
    return resolved(description, target)
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, resolved(description, value)]),
  )
}

/** What is wrong with a value by a schema without references; nothing for a good one. */
export function faults(schema: Json, value: unknown): string[] {
  const validator = compiled(schema)
  if (validator.Check(value)) return []
  const [, errors] = validator.Errors(value)
  return errors.map((error) => `${error.instancePath || '/'} ${error.message}`)
}

const cache = new WeakMap<Json, ReturnType<typeof Compile>>()

function compiled(schema: Json): ReturnType<typeof Compile> {
  const known = cache.get(schema) ?? Compile(schema)
  cache.set(schema, known)
  return known
}
