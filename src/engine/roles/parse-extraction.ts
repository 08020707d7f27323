import type { EntityFragment, Extraction, RelationFragment } from '../ports/models.ts'
import { cutEntityName } from '../text/entity-name.ts'
import { normalizeField } from './normalize-field.ts'
import { END_MARKER, FIELD_DELIMITER, repairDelimiter } from './repair-delimiter.ts'

export interface ParsedExtraction extends Extraction {
  /** Whether the answer ended with the end marker. */
  readonly complete: boolean
}

/**
 * Reads the rows of an extraction, however roughly they keep to the format. What cannot be read is
 * left out; nothing makes the answer as a whole fail.
 */
export function parseExtraction(answer: string): ParsedExtraction {
  const entities: EntityFragment[] = []
  const relations: RelationFragment[] = []
  const lines = answer.split(/\r?\n|<\|complete\|>/i)
  for (const record of lines.flatMap((line) => recordsOf(line))) {
    const [kind, ...fields] = record
    // Five fields with the entity word are what some models make of a relation.
    if (isRelation(kind) || (isEntity(kind) && fields.length === 4)) {
      const relation = relationOf(fields)
      if (relation !== null) relations.push(relation)
    } else if (isEntity(kind)) {
      const entity = entityOf(fields)
      if (entity !== null) entities.push(entity)
    }
  }
  const complete = answer.toLowerCase().includes(END_MARKER.toLowerCase())
  return { entities: distinct(entities), relations: distinct(relations), complete }
}

const isEntity = (word: string | undefined) => word !== undefined && /\bentity\b/i.test(word)
const isRelation = (word: string | undefined) =>
  word !== undefined && /\brelation(?:ship)?\b/i.test(word)

/** The fields of each record in a line; some models put the delimiter between records as well. */
function recordsOf(line: string): string[][] {
  const fields = repairDelimiter(line)
    .split(FIELD_DELIMITER)
    .map((field) => field.trim())
  if (fields.length < 3) return []
  const records: string[][] = []
  let record: string[] = []
  for (const field of fields) {
    if (record.length >= 4 && /^(?:entity|relation|relationship)$/.test(field)) {
      records.push(record)
      record = []
    }
    record.push(field)
  }
  records.push(record)
  return records.map(withoutEmptyEnd)
}

function withoutEmptyEnd(fields: string[]): string[] {
  const last = fields.findLastIndex((field) => field !== '')
  return fields.slice(0, last + 1)
}

/** @param fields name, type, description; null when that names nothing */
export function entityOf(fields: readonly string[]): EntityFragment | null {
  const [rawName = '', rawType = '', rawDescription = ''] = fields
  if (fields.length < 2 || fields.length > 3) return null
  const name = cutEntityName(rawName)
  const type = typeOf(rawType)
  if (name === '' || type === '') return null
  const description = normalizeField(rawDescription, 'keep-quotes')
  // A name without description still joins what other chunks say of it.
  return { name, type, description: description === '' ? `${name} (${type})` : description }
}

/** @param fields source, target, keywords, description, weight; null when that ties nothing */
export function relationOf(fields: readonly string[]): RelationFragment | null {
  const [rawSource = '', rawTarget = '', rawKeywords = '', ...rest] = fields
  if (fields.length < 3 || fields.length > 5) return null
  const source = cutEntityName(rawSource)
  const target = cutEntityName(rawTarget)
  if (source === '' || target === '' || source === target) return null
  const weight = weightOf(rest.at(-1))
  const described = weight === null ? rest : rest.slice(0, -1)
  const keywords = keywordsOf(rawKeywords)
  const description = normalizeField(described.join(' '), 'keep-quotes')
  if (description === '' && keywords === '') return null
  return {
    source,
    target,
    keywords,
    description: description === '' ? `${source} - ${keywords} - ${target}` : description,
    weight: weight ?? 1,
  }
}

function typeOf(raw: string): string {
  const [first = ''] = raw.split(/[,\uff0c]/)
  const type = normalizeField(first, 'drop-quotes')
  return /['()<>|/\\]/.test(type) ? '' : type.replace(/\s+/g, '').toLowerCase()
}

function keywordsOf(raw: string): string {
  return normalizeField(raw, 'drop-quotes')
    .split(/[,\uff0c]/)
    .map((keyword) => keyword.trim())
    .filter((keyword) => keyword !== '')
    .join(',')
}

/** A strength that the model gave behind the description; only sensible ones count. */
function weightOf(field: string | undefined): number | null {
  if (field === undefined || !/^\d+(?:\.\d+)?$/.test(field)) return null
  const weight = Number(field)
  return weight > 0 && weight <= 100 ? weight : 1
}

/** One and the same row said twice is no second piece of evidence. */
export function distinct<T>(rows: readonly T[]): T[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = JSON.stringify(row)
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}
