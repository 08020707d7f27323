import type { ExtractionFormat } from './extraction-format.ts'
import { innermostObjects } from './innermost-objects.ts'
import { distinct, entityOf, type ParsedExtraction, relationOf } from './parse-extraction.ts'

const text = { type: 'string' }
const objectOf = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})

const SCHEMA = objectOf({
  entities: { type: 'array', items: objectOf({ name: text, type: text, description: text }) },
  relationships: {
    type: 'array',
    items: objectOf({ source: text, target: text, keywords: text, description: text }),
  },
})

/** One JSON object, for models that can be held to a schema. Field names are LightRAG's. */
export const JSON_FORMAT: ExtractionFormat = {
  output: [
    'Output: one JSON object with two lists and nothing else. Entities come before relations, the',
    'most important relations before the others.',
    '- "entities": objects with "name", "type", "description"',
    '- "relationships": objects with "source", "target", "keywords", "description"',
  ],
  nothing: 'the object with two empty lists',
  closing: 'The JSON object only.',
  held: { name: 'extraction', schema: SCHEMA },
  write: ({ entities, relations }) => [
    JSON.stringify({
      entities,
      relationships: relations.map(({ source, target, keywords, description }) => ({
        source,
        target,
        keywords,
        description,
      })),
    }),
  ],
  untilCut: (answer) => answer.slice(0, answer.lastIndexOf('}') + 1),
  read: readJson,
}

/**
 * Takes every innermost object on its own, so that prose around the JSON, or an end that was cut
 * off, costs what it touches and no more.
 */
function readJson(answer: string): ParsedExtraction {
  const records = Array.from(innermostObjects(answer), parsed)
  const entities = records.flatMap((record) => (record && entityFrom(record)) ?? [])
  const relations = records.flatMap((record) => (record && relationFrom(record)) ?? [])
  return { entities: distinct(entities), relations: distinct(relations), complete: isWhole(answer) }
}

function entityFrom(record: Record<string, unknown>) {
  if (!('name' in record)) return null
  return entityOf([record.name, record.type, record.description].map(fieldOf))
}

function relationFrom(record: Record<string, unknown>) {
  if (!('source' in record && 'target' in record)) return null
  const { source, target, keywords, description } = record
  return relationOf([source, target, keywords, description].map(fieldOf))
}

function fieldOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(fieldOf).join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}

/** Whether this is the object that was asked for, from its first to its last brace. */
function isWhole(answer: string): boolean {
  const object = parsed(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
  return Array.isArray(object?.entities) || Array.isArray(object?.relationships)
}

function parsed(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
