import { EngineError } from '../ports/engine-error.ts'
import { cleanText } from '../read/clean-text.ts'
import { keptName } from '../text/kept-name.ts'
import { HEAVIEST } from './graph-calls.ts'

type Fields = Readonly<Record<string, unknown>>

/** What an edit says of one item: a value, null to take an earlier edit back, or nothing. */
export interface EntityPatch {
  readonly type: string | null | undefined
  readonly description: string | null | undefined
}
export interface RelationPatch {
  readonly keywords: string | null | undefined
  readonly description: string | null | undefined
  readonly weight: number | null | undefined
}

/** @throws {EngineError} `invalid_argument` */
export function entityPatch(data: Fields): EntityPatch {
  return {
    type: nameField(data, 'entity_type') || (data.entity_type === null ? null : undefined),
    description: textField(data, 'description'),
  }
}

/** @throws {EngineError} `invalid_argument` */
export function relationPatch(data: Fields): RelationPatch {
  return {
    keywords: nameField(data, 'keywords'),
    description: textField(data, 'description'),
    weight: weightField(data),
  }
}

/**
 * Where an item comes from follows from its documents. Sent back as it was shown it is fine.
 *
 * @throws {EngineError} `invalid_argument`
 */
export function refuseOrigin(data: Fields, shown: Fields): void {
  for (const name of ['source_id', 'file_path']) {
    const value = data[name]
    if (value === undefined || value === null || value === shown[name]) continue
    throw new EngineError(
      'invalid_argument',
      `${name} follows from the documents that speak of this and cannot be edited.`,
    )
  }
}

/** @throws {EngineError} `invalid_argument` */
export function textField(data: Fields, name: string): string | null | undefined {
  const value = data[name]
  if (value === undefined || value === null) return value
  if (typeof value === 'string') return cleanText(value)
  throw new EngineError('invalid_argument', `${name} must be a string.`)
}

/** What is shown in one line, such as a type. @throws {EngineError} `invalid_argument` */
export function nameField(data: Fields, name: string): string | null | undefined {
  const text = textField(data, name)
  return typeof text === 'string' ? keptName(text) : text
}

/** A number, or its digits, as LightRAG takes it. @throws {EngineError} `invalid_argument` */
export function weightField(data: Fields): number | null | undefined {
  const value = data.weight
  if (value === undefined || value === null) return value
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && /\d/.test(value))
  const weight = isNumeric ? Number(value) : Number.NaN
  return checkedWeight(weight)
}

/** @throws {EngineError} `invalid_argument` for what is no number from 0 to {@link HEAVIEST} */
export function checkedWeight(weight: number): number {
  if (weight >= 0 && weight <= HEAVIEST) return weight
  throw new EngineError('invalid_argument', `weight must be a number from 0 to ${HEAVIEST}.`)
}
