import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { ifMissing } from '../../../files/file-errors.ts'

/** A key-value file: its records by key, in its order. */
export type Records = ReadonlyMap<string, unknown>

/**
 * Reads `kv_store_….json`; a file that is not there has no records.
 *
 * @throws {EngineError} `invalid_argument`
 */
export async function readRecords(path: string): Promise<Records> {
  const bytes = await readFile(path).catch(ifMissing(null))
  if (bytes === null) return new Map()
  return new Map(Object.entries(fieldsOf(parseJson(path, bytes))))
}

/** @throws {EngineError} `invalid_argument` when it is no JSON, or too long for a string */
export function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    const message = `${basename(path)} is damaged or too large: it cannot be read as JSON`
    throw new EngineError('invalid_argument', message, { cause })
  }
}

/** The fields of a record; none of what is no record. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? { ...value } : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
