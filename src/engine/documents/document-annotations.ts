import type { DocumentAnnotations, JsonObject, JsonValue } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import { keptName } from '../text/kept-name.ts'

/** In characters. */
const LONGEST_ID = 512
const LONGEST_TAG = 128
const MOST_TAGS = 64
const MOST_FIELDS = 64
/** Of all fields, as JSON. */
const MOST_METADATA_BYTES = 16 * 1024
const DEEPEST = 8

/** Names under which a document's metadata tells what the engine knows of it. */
const RESERVED: ReadonlySet<string> = new Set([
  'attempts',
  'chunking',
  'chunks_set_aside',
  'enabled',
  'error_type',
  'external_id',
  'file_encoding',
  'is_duplicate',
  'original_doc_id',
  'original_track_id',
  'processing_end_time',
  'processing_start_time',
  'tags',
])

/** What comes with a document; what is left out or null was not said. */
export interface GivenAnnotations {
  readonly external_id?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined
  readonly tags?: readonly string[] | null | undefined
}

/** @throws {EngineError} `invalid_argument` for annotations that are too large or cannot be stored */
export function annotationsOf(
  given: GivenAnnotations,
): Partial<Omit<DocumentAnnotations, 'enabled'>> {
  const { external_id, metadata, tags } = given
  const externalId = keptId(external_id ?? '')
  return {
    ...(externalId === '' ? {} : { externalId: checkedId(externalId) }),
    ...(metadata ? { attributes: checkedMetadata(metadata) } : {}),
    ...(tags ? { tags: checkedTags(tags) } : {}),
  }
}

/** @throws {EngineError} `invalid_argument` for an id with control characters, which would hide */
function keptId(given: string): string {
  const id = given.trim()
  if (/\p{Cc}/u.test(id)) throw invalid('An external id holds no control characters.')
  return keptName(id)
}

function checkedId(id: string): string {
  if (id.length > LONGEST_ID) throw invalid(`An external id has at most ${LONGEST_ID} characters.`)
  return id
}

function checkedTags(tags: readonly string[]): string[] {
  const distinct = [...new Set(tags.map(keptName))]
  if (distinct.length > MOST_TAGS) throw invalid(`A document has at most ${MOST_TAGS} tags.`)
  if (distinct.some((tag) => tag === '' || tag.length > LONGEST_TAG)) {
    throw invalid(`A tag has 1 to ${LONGEST_TAG} characters.`)
  }
  return distinct
}

function checkedMetadata(metadata: Readonly<Record<string, unknown>>): JsonObject {
  const names = Object.keys(metadata)
  if (names.length > MOST_FIELDS) {
    throw invalid(`The metadata of a document has at most ${MOST_FIELDS} fields.`)
  }
  const reserved = names.find((name) => RESERVED.has(name))
  if (reserved !== undefined) {
    throw invalid(`The metadata field "${reserved}" is set by the server; use another name.`)
  }
  if (!isJson(metadata, DEEPEST)) {
    throw invalid(`Metadata is plain JSON, nested at most ${DEEPEST} levels deep.`)
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > MOST_METADATA_BYTES) {
    throw invalid(`The metadata of a document has at most ${MOST_METADATA_BYTES} bytes as JSON.`)
  }
  return keptJson(metadata) as JsonObject
}

const keptText = (text: string) => text.toWellFormed().normalize('NFC')

/** With every text well-formed and in one form of its letters, names of fields as well. */
export function keptJson(value: JsonValue): JsonValue {
  if (typeof value === 'string') return keptText(value)
  if (Array.isArray(value)) return value.map(keptJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [keptText(name), keptJson(item as JsonValue)]),
  )
}

function isJson(
  value: unknown,
  depth: number,
): value is JsonValue & Readonly<Record<string, JsonValue>> {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === 0) return false
  return Object.values(value).every((item) => isJson(item, depth - 1))
}

function invalid(message: string): EngineError {
  return new EngineError('invalid_argument', message)
}
