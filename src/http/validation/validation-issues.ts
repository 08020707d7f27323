import type { TLocalizedValidationError } from 'typebox/error'
import { shorten, shortened } from '../errors/shorten.ts'
import { missing, type ValidationIssue } from '../errors/validation-error.ts'
import { isObject, type SchemaNode } from './lax-value.ts'

type Loc = readonly (string | number)[]

/** What a failed keyword means to a reader. */
interface Reading {
  readonly type: string
  readonly msg: string
  readonly ctx?: Readonly<Record<string, unknown>>
}

/**
 * Turns TypeBox's errors into FastAPI's.
 *
 * @param part where the value came from: `body`, `query`, `path` or `header`
 * @param value as it was sent, before any conversion
 */
export function validationIssues(
  errors: readonly TLocalizedValidationError[],
  part: string,
  value: unknown,
  schema: SchemaNode,
): ValidationIssue[] {
  const issues: ValidationIssue[] = []
  const seen = new Set<string>()
  for (const error of errors) {
    const { path, input } = locate(value, error.instancePath)
    const loc = [part, ...path]
    if (error.keyword === 'required') {
      const parent = part === 'body' ? shorten(input) : null
      for (const name of error.params.requiredProperties)
        issues.push(missing([...loc, name], parent))
    } else if (error.keyword === 'boolean') {
      issues.push(issue(loc, notNamed(schema, error.schemaPath), input))
    } else if (error.keyword !== 'additionalProperties' && !seen.has(error.instancePath)) {
      // What is wrong with fields that are not named has been told of each.
      // The first complaint about a value is the telling one: an empty text is also a blank one.
      seen.add(error.instancePath)
      issues.push(issue(loc, read(error, input, path.length === 0), input))
    }
  }
  return issues
}

function issue(loc: Loc, reading: Reading, input: unknown): ValidationIssue {
  const { type, msg, ctx } = reading
  const found = { type, loc, msg, input: shorten(input) }
  return ctx === undefined ? found : { ...found, ctx }
}

/** A field that an object does not have, with those that it has. */
function notNamed(schema: SchemaNode, schemaPath: string): Reading {
  let node: unknown = schema
  for (const key of schemaPath.split('/').slice(1, -1)) node = isObject(node) ? node[key] : node
  const names = isObject(node) && isObject(node.properties) ? Object.keys(node.properties) : []
  const there = names.length === 0 ? '' : `; there are ${names.join(', ')}`
  return { type: 'extra_forbidden', msg: `Extra inputs are not permitted${there}` }
}

function locate(root: unknown, pointer: string): { path: (string | number)[]; input: unknown } {
  const path: (string | number)[] = []
  let input = root
  for (const segment of pointer.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(input)) {
      path.push(Number(key))
      input = input[Number(key)]
    } else {
      path.push(shortened(key))
      input = isObject(input) ? input[key] : undefined
    }
  }
  return { path, input }
}

function read(error: TLocalizedValidationError, input: unknown, isRoot: boolean): Reading {
  switch (error.keyword) {
    case 'type':
      return wrongType([error.params.type].flat(), input, isRoot)
    case 'enum':
      return literal(error.params.allowedValues)
    case 'minLength':
      return length('string_too_short', 'String', 'at least', 'min_length', error.params.limit)
    case 'maxLength':
      return length('string_too_long', 'String', 'at most', 'max_length', error.params.limit)
    case 'minItems':
      return count('too_short', 'at least', 'min_length', error.params.limit, input)
    case 'maxItems':
      return count('too_long', 'at most', 'max_length', error.params.limit, input)
    case 'minimum':
      return bound('greater_than_equal', 'greater than or equal to', 'ge', error.params.limit)
    case 'maximum':
      return bound('less_than_equal', 'less than or equal to', 'le', error.params.limit)
    case 'exclusiveMinimum':
      return bound('greater_than', 'greater than', 'gt', error.params.limit)
    case 'exclusiveMaximum':
      return bound('less_than', 'less than', 'lt', error.params.limit)
    case 'pattern': {
      const pattern = String(error.params.pattern)
      const msg = `String should match pattern '${pattern}'`
      return { type: 'string_pattern_mismatch', msg, ctx: { pattern } }
    }
    case '~refine':
      return valueError(error.params.message)
    default:
      return valueError(error.message)
  }
}

function valueError(reason: string): Reading {
  return { type: 'value_error', msg: `Value error, ${reason}`, ctx: { error: reason } }
}

function literal(allowed: readonly unknown[]): Reading {
  const names = allowed.filter((value) => value !== null).map((value) => `'${value}'`)
  const last = names.pop() ?? ''
  const expected = names.length === 0 ? last : `${names.join(', ')} or ${last}`
  return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } }
}

function bound(type: string, words: string, key: string, limit: number | bigint): Reading {
  return { type, msg: `Input should be ${words} ${limit}`, ctx: { [key]: Number(limit) } }
}

function length(type: string, noun: string, words: string, key: string, limit: number): Reading {
  const unit = limit === 1 ? 'character' : 'characters'
  return { type, msg: `${noun} should have ${words} ${limit} ${unit}`, ctx: { [key]: limit } }
}

function count(type: string, words: string, key: string, limit: number, input: unknown): Reading {
  const actual = Array.isArray(input) ? input.length : 0
  const unit = limit === 1 ? 'item' : 'items'
  return {
    type,
    msg: `List should have ${words} ${limit} ${unit} after validation, not ${actual}`,
    ctx: { field_type: 'List', [key]: limit, actual_length: actual },
  }
}

function wrongType(types: readonly string[], input: unknown, isRoot: boolean): Reading {
  const type = types.find((name) => name !== 'null') ?? 'null'
  switch (type) {
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' }
    case 'integer':
      return wrongInteger(input)
    case 'number':
      return typeof input === 'string'
        ? {
            type: 'float_parsing',
            msg: 'Input should be a valid number, unable to parse string as a number',
          }
        : { type: 'float_type', msg: 'Input should be a valid number' }
    case 'boolean':
      return typeof input === 'string' || typeof input === 'number'
        ? {
            type: 'bool_parsing',
            msg: 'Input should be a valid boolean, unable to interpret input',
          }
        : { type: 'bool_type', msg: 'Input should be a valid boolean' }
    case 'array':
      return { type: 'list_type', msg: 'Input should be a valid list' }
    case 'object':
      return isRoot
        ? {
            type: 'model_attributes_type',
            msg: 'Input should be a valid dictionary or object to extract fields from',
          }
        : { type: 'dict_type', msg: 'Input should be a valid dictionary' }
    default:
      return { type: 'none_required', msg: 'Input should be None' }
  }
}

function wrongInteger(input: unknown): Reading {
  if (typeof input === 'string') {
    return {
      type: 'int_parsing',
      msg: 'Input should be a valid integer, unable to parse string as an integer',
    }
  }
  return typeof input === 'number'
    ? {
        type: 'int_from_float',
        msg: 'Input should be a valid integer, got a number with a fractional part',
      }
    : { type: 'int_type', msg: 'Input should be a valid integer' }
}
