import { type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { InsertFile } from '../../engine/documents/document-calls.ts'
import type { FormFields } from '../../http/body/receive-upload.ts'
import { shorten } from '../../http/errors/shorten.ts'
import { RequestValidationError, type ValidationIssue } from '../../http/errors/validation-error.ts'
import { laxValue } from '../../http/validation/lax-value.ts'
import { validationIssues } from '../../http/validation/validation-issues.ts'
import { AnnotationFields } from './document-schemas.ts'

/** The text fields of an upload. */
export const ANNOTATION_FIELDS = Object.keys(AnnotationFields)

const SCHEMA = Type.Object(AnnotationFields)
const NODE: TSchema = SCHEMA
const validator = Compile(SCHEMA)

/**
 * What the form of an upload says of the file. `metadata` and `chunking` are JSON; `tags` is a list
 * in JSON, or texts with commas between, and may be sent several times.
 *
 * @throws {RequestValidationError}
 */
export function annotationFields(
  fields: FormFields,
): Pick<InsertFile, 'external_id' | 'metadata' | 'tags' | 'chunking'> {
  const sent = {
    external_id: fields.get('external_id')?.at(-1),
    metadata: json('metadata', fields.get('metadata')?.at(-1)),
    chunking: json('chunking', fields.get('chunking')?.at(-1)),
    tags: fields.get('tags')?.flatMap(tagsIn),
  }
  const value = laxValue(NODE, sent)
  if (validator.Check(value)) return value
  throw new RequestValidationError(validationIssues(validator.Errors(value), 'body', sent, NODE))
}

function tagsIn(text: string): unknown[] {
  if (text.trimStart().startsWith('[')) {
    const list = json('tags', text)
    if (Array.isArray(list)) return list
  }
  return text.split(',').filter((tag) => tag.trim() !== '')
}

function json(field: string, text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestValidationError([notJson(field, text)])
  }
}

function notJson(field: string, text: string): ValidationIssue {
  return {
    type: 'json_invalid',
    loc: ['body', field],
    msg: 'JSON decode error',
    input: shorten(text),
    ctx: { error: 'the field must hold JSON' },
  }
}
