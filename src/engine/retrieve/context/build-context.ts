import { entityLine, relationLine } from '../../merge/item-texts.ts'
import type { StoredChunk, StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { jsonText, jsonTextOf } from '../../read/json-text.ts'
import { isTableHead } from '../../text/table-heads.ts'
import type { FileReference } from './file-references.ts'

export interface ContextParts {
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
  readonly chunks: readonly StoredChunk[]
  readonly references: readonly FileReference[]
  /** Reference id of a chunk; empty when its document has no name. */
  readonly referenceOf: (chunk: StoredChunk) => string
}

/** The context block of a prompt: entities, relations and passages as JSON lines, then the sources. */
export function buildContext(parts: ContextParts): string {
  const sections: string[] = []
  if (parts.entities.length > 0) {
    sections.push(section('Entities', parts.entities.map(entityLine)))
  }
  if (parts.relations.length > 0) {
    sections.push(section('Relations', parts.relations.map(relationLine)))
  }
  const passages = parts.chunks.map((chunk) => chunkLine(parts.referenceOf(chunk), chunk))
  sections.push(section('Passages (reference_id points into the list of sources)', passages))
  const sources = parts.references.map(
    ({ referenceId, filePath }) => `[${referenceId}] ${filePath}`,
  )
  sections.push(`Sources\n\n\`\`\`\n${sources.join('\n')}\n\`\`\``)
  return sections.join('\n\n')
}

/** A passage as it stands in the context. */
export function chunkLine(referenceId: string, chunk: StoredChunk): string {
  const columns = columnsOf(chunk)
  const named = columns === null ? '' : `"columns":${jsonText(columns)},`
  const content = jsonTextOf(chunk, chunk.content)
  return `{"reference_id":${jsonText(referenceId)},${named}"content":${content}}`
}

/** The head of the table in whose middle a chunk begins; null where it begins in none. */
export function columnsOf({ headings }: StoredChunk): string | null {
  return headings.find(isTableHead) ?? null
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n\n\`\`\`json\n${lines.join('\n')}\n\`\`\``
}
