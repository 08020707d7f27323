import { jsonText, jsonTextOf } from '../read/json-text.ts'

/** The line that a prompt shows of an entity. */
export function entityLine(entity: { name: string; type: string; description: string }): string {
  const { name, type, description } = entity
  const described = `"description":${jsonText(description)}`
  return `{"entity":${jsonText(name)},"type":${jsonText(type)},${described}}`
}

/** The line that a prompt shows of a relation. */
export function relationLine(relation: {
  source: string
  target: string
  description: string
}): string {
  const { source, target, description } = relation
  const described = `"description":${jsonTextOf(relation, description)}`
  return `{"entity1":${jsonText(source)},"entity2":${jsonText(target)},${described}}`
}

/** What is embedded of an entity. */
export function entityText(entity: { name: string; description: string }): string {
  return `${entity.name}\n${entity.description}`
}

/** What is embedded of a relation; always the same order, edited or not. */
export function relationText(relation: {
  keywords: string
  source: string
  target: string
  description: string
}): string {
  const { keywords, source, target, description } = relation
  return `${keywords}\t${source}\n${target}\n${description}`
}
