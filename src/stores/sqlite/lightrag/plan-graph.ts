import type { ManualEntity, ManualRelation } from '../../../engine/ports/graph-edit.ts'
import { orderedPair, pairKey } from '../../../engine/ports/pair.ts'
import { nameKey } from '../../../engine/text/name-key.ts'
import type { ChunkOfDocument } from './plan-documents.ts'
import type { Attributes, Graph } from './read-graph.ts'
import { fieldsOf, type Records } from './read-records.ts'
import { shareOut } from './share-out.ts'
import { answersByChunk, idsIn, type WorkingFolder } from './working-folder.ts'

export interface PlannedGraph {
  readonly manualEntities: readonly ManualEntity[]
  readonly manualRelations: readonly ManualRelation[]
  readonly problems: readonly string[]
}

const SEPARATOR = '<SEP>'
/** What LightRAG shows as the source of what a person made. */
const MANUAL = 'manual_creation'
const UNKNOWN = { entity_type: 'unknown' }

type ChunksById = ReadonlyMap<string, readonly ChunkOfDocument[]>

/**
 * Takes merged entities and relations apart into what each of their chunks said, and adds that to
 * the chunks: the graph is a function of such fragments here. What names no chunk is somebody's own
 * work and stands alone; what rests on documents that do not come in whole is left out until they
 * are processed.
 */
export function planGraph(folder: WorkingFolder, chunksById: ChunksById): PlannedGraph {
  const answers = answersByChunk(folder.answers)
  const waiting = { entities: 0, relations: 0 }
  const here = new Set<string>()
  const manualEntities: ManualEntity[] = []
  for (const [name, attributes] of withEnds(folder.graph)) {
    const sources = sourcesOf(folder.entityChunks, name, attributes, chunksById)
    const type = typeOf(attributes)
    const shares = shareOut(partsOf(attributes), sources.known, answers)
    for (const [{ chunk }, description] of said(shares, chunksById)) {
      const named = chunk.headings.some((heading) => nameKey(heading) === nameKey(name))
      chunk.entities.push({ name, type, description, named })
    }
    if (sources.known.length > 0 || sources.isManual) here.add(name)
    else waiting.entities++
    if (sources.isManual) {
      const description = partsOf(attributes).join(SEPARATOR)
      manualEntities.push({ name, type, description, ...originOf(attributes) })
    }
  }
  const { manualRelations, loops } = planRelations(folder, chunksById, answers, here, waiting)
  return { manualEntities, manualRelations, problems: wordsFor(waiting, loops) }
}

function planRelations(
  folder: WorkingFolder,
  chunksById: ChunksById,
  answers: ReadonlyMap<string, string>,
  here: Set<string>,
  waiting: { relations: number },
) {
  const manualRelations: ManualRelation[] = []
  const seen = new Set<string>()
  let loops = 0
  for (const { attributes, ...ends } of folder.graph.edges) {
    const [source, target] = orderedPair(ends.source, ends.target)
    const key = pairKey([source, target])
    if (source === target || seen.has(key)) {
      loops++
      continue
    }
    seen.add(key)
    const joined = `${source}${SEPARATOR}${target}`
    const sources = sourcesOf(folder.relationChunks, joined, attributes, chunksById)
    const shares = [...said(shareOut(partsOf(attributes), sources.known, answers), chunksById)]
    const weight = weightOf(attributes)
    const keywords = attributes.keywords ?? ''
    for (const [{ chunk }, description] of shares) {
      chunk.relations.push({
        source,
        target,
        keywords,
        description,
        weight: weight / shares.length,
      })
      for (const name of [source, target]) {
        if (here.has(name)) continue
        here.add(name)
        chunk.entities.push({ name, type: 'unknown', description, named: false })
      }
    }
    if (shares.length > 0) continue
    if (sources.isManual && here.has(source) && here.has(target)) {
      const description = partsOf(attributes).join(SEPARATOR)
      const origin = originOf(attributes)
      manualRelations.push({ source, target, keywords, description, weight, ...origin })
    } else waiting.relations++
  }
  return { manualRelations, loops }
}

/** Nodes, and those that an edge names although there is no node. */
function withEnds({ nodes, edges }: Graph): Map<string, Attributes> {
  const all = new Map([...nodes].filter(([name]) => name !== ''))
  for (const { source, target, attributes } of edges) {
    for (const name of [source, target]) {
      if (!all.has(name)) all.set(name, { ...attributes, ...UNKNOWN })
    }
  }
  return all
}

/** The chunks of an item that come in, from its whole list or else from its cut one. */
function sourcesOf(records: Records, key: string, attributes: Attributes, chunksById: ChunksById) {
  const listed = idsIn(fieldsOf(records.get(key)).chunk_ids)
  const ids = listed.length > 0 ? listed : idsIn(attributes.source_id)
  const known = ids.filter((id) => chunksById.has(id))
  return { known, isManual: known.length === 0 && !ids.some((id) => id.startsWith('chunk-')) }
}

/** Each chunk of ours with each part that it said. */
function* said(
  shares: ReadonlyMap<string, readonly string[]>,
  chunksById: ChunksById,
): Generator<[ChunkOfDocument, string], void, void> {
  for (const [id, parts] of shares) {
    for (const place of chunksById.get(id) ?? []) for (const part of parts) yield [place, part]
  }
}

function partsOf({ description = '' }: Attributes): string[] {
  return description
    .split(SEPARATOR)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function typeOf({ entity_type: type = '' }: Attributes): string {
  return type.trim().toLowerCase() || 'unknown'
}

function weightOf({ weight }: Attributes): number {
  const value = Number(weight)
  return weight !== undefined && Number.isFinite(value) ? value : 1
}

function originOf(attributes: Attributes) {
  const seconds = Number(attributes.created_at)
  return {
    sourceId: idsIn(attributes.source_id)[0] ?? MANUAL,
    filePath: idsIn(attributes.file_path)[0] ?? MANUAL,
    createdAt: seconds > 0 ? seconds * 1000 : Date.now(),
  }
}

function wordsFor(waiting: { entities: number; relations: number }, loops: number): string[] {
  const { entities, relations } = waiting
  const problems: string[] = []
  if (entities + relations > 0) {
    problems.push(
      `${entities} entities and ${relations} relations rest on documents that do not come in ` +
        'whole: they are left out until those are processed.',
    )
  }
  if (loops > 0) {
    problems.push(
      `${loops} relations of an entity to itself, or of a pair once more, are left out.`,
    )
  }
  return problems
}
