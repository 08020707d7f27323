import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { missing, RequestValidationError } from '../errors/validation-error.ts'
import { isObject, laxValue, type SchemaNode } from './lax-value.ts'
import { validationIssues } from './validation-issues.ts'

// A caller sees all that is wrong with a request at once; the cap keeps a list of a million bad
// items from being answered in full.
Settings.Set({ maxErrors: 32 })

const PART_NAMES: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

/**
 * Validates requests with TypeBox, reading values as FastAPI does; failures are
 * {@link RequestValidationError}.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = PART_NAMES[httpPart ?? 'body'] ?? 'body'
  const node: SchemaNode = schema
  const validator = Compile(schema)
  return (sent: unknown) => {
    if ((sent ?? null) === null && part === 'body') {
      return { error: new RequestValidationError([missing(['body'])]) }
    }
    const given = part === 'body' ? sent : lastOfRepeated(node, sent)
    const value = laxValue(node, given)
    if (validator.Check(value)) return { value }
    return {
      error: new RequestValidationError(
        validationIssues(validator.Errors(value), part, given, node),
      ),
    }
  }
}

/** A parameter given twice counts once, with its last value, unless it is a list. */
function lastOfRepeated(node: SchemaNode, sent: unknown): unknown {
  if (!isObject(sent)) return sent
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [
      name,
      Array.isArray(value) && node.properties?.[name]?.type !== 'array' ? value.at(-1) : value,
    ]),
  )
}
