import type { NewEntityFragment, NewRelationFragment } from '../ports/change.ts'
import { EngineError } from '../ports/engine-error.ts'
import { chunkFragments } from '../read/chunk-fragments.ts'
import { cleanText } from '../read/clean-text.ts'
import { keptName } from '../text/kept-name.ts'
import { yieldIfDue } from '../work/turns.ts'
import type { CustomEntity, CustomKg, CustomRelation } from './graph-calls.ts'
import { checkedWeight } from './item-fields.ts'
import { itemName } from './item-name.ts'

/** A passage of a custom graph's text, with what it says. */
export interface CustomPassage {
  /** Range in the text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly entities: readonly NewEntityFragment[]
  readonly relations: readonly NewRelationFragment[]
}

/** A custom graph as the text of one document and what its passages say. */
export interface CustomLayout {
  readonly text: string
  readonly passages: readonly CustomPassage[]
}

/** An entity or relation that names no chunk, as a sentence. */
interface Statement {
  readonly line: string
  readonly entities: readonly CustomEntity[]
  readonly relations: readonly CustomRelation[]
}

interface Passage {
  content: string
  readonly entities: CustomEntity[]
  readonly relations: CustomRelation[]
}

/** How much one passage holds. */
export interface PassageRoom {
  readonly tokens: number
  readonly count: (text: string) => number
}

const GAP = '\n\n'

/**
 * Puts entities and relations to the chunks that they name. What names none is written out as
 * sentences in passages of its own, so that it can be found and cited as well.
 *
 * @throws {EngineError} `invalid_argument`
 */
export async function layOutCustomKg(kg: CustomKg, room: PassageRoom): Promise<CustomLayout> {
  const { passages, bySourceId } = givenPassages(kg)
  const loose: Statement[] = []
  const names = new Set<string>()
  for (const given of kg.entities ?? []) {
    await yieldIfDue()
    const entity = cleanEntity(given)
    names.add(entity.entity_name)
    const passage = bySourceId.get(entity.source_id ?? '')
    if (passage) passage.entities.push(entity)
    else loose.push({ line: entityLine(entity), entities: [entity], relations: [] })
  }
  for (const given of kg.relationships ?? []) {
    await yieldIfDue()
    const relation = cleanRelation(given)
    const passage = bySourceId.get(relation.source_id ?? '')
    if (passage) passage.relations.push(relation)
    else loose.push({ line: relationLine(relation), entities: [], relations: [relation] })
  }
  for (const passage of await writtenOut(loose, room)) passages.push(passage)
  if (passages.length === 0) {
    throw new EngineError('invalid_argument', 'The custom graph is empty; send some of it.')
  }
  return asLayout(passages, names)
}

/** Packs statements into passages, in order. */
async function writtenOut(
  statements: readonly Statement[],
  { tokens, count }: PassageRoom,
): Promise<Passage[]> {
  const passages: Passage[] = []
  let left = 0
  for (const { line, entities, relations } of statements) {
    await yieldIfDue()
    const last = passages.at(-1)
    if (last !== undefined && count(line) <= left) {
      last.content += `\n${line}`
      for (const entity of entities) last.entities.push(entity)
      for (const relation of relations) last.relations.push(relation)
    } else {
      passages.push({ content: line, entities: [...entities], relations: [...relations] })
      left = tokens
    }
    // No token reaches over the end of a line, so those of lines add up.
    left -= count(`${line}\n`)
  }
  return passages
}

function givenPassages({ chunks = [] }: CustomKg) {
  const ordered = chunks
    .map((chunk, place) => ({ chunk, order: chunk.chunk_order_index ?? place }))
    .sort((a, b) => a.order - b.order)
  const passages: Passage[] = []
  const bySourceId = new Map<string, Passage>()
  for (const { chunk } of ordered) {
    const content = cleanText(chunk.content)
    if (content === '') {
      throw new EngineError('invalid_argument', 'A chunk must not be blank.')
    }
    const passage = { content, entities: [], relations: [] }
    passages.push(passage)
    const sourceId = chunk.source_id ?? ''
    if (sourceId !== '' && !bySourceId.has(sourceId)) bySourceId.set(sourceId, passage)
  }
  return { passages, bySourceId }
}

/** @param named the entities that the graph tells of; others are only ends of relations */
async function asLayout(
  passages: readonly Passage[],
  named: ReadonlySet<string>,
): Promise<CustomLayout> {
  let end = -GAP.length
  const laidOut: CustomPassage[] = []
  for (const { content, entities, relations } of passages) {
    await yieldIfDue()
    const start = end + GAP.length
    end = start + content.length
    const own = new Set(entities.map((entity) => entity.entity_name))
    // An end that the graph tells of elsewhere needs no description from here.
    const ends = relations
      .flatMap(({ src_id, tgt_id }) => [src_id, tgt_id])
      .filter((name) => named.has(name) && !own.has(name))
    const fragments = chunkFragments(
      {
        entities: [
          ...entities.map((entity) => ({
            name: entity.entity_name,
            type: entity.entity_type ?? '',
            description: entity.description ?? '',
          })),
          ...ends.map((name) => ({ name, type: '', description: '' })),
        ],
        relations: relations.map((relation) => ({
          source: relation.src_id,
          target: relation.tgt_id,
          keywords: relation.keywords ?? '',
          description: relation.description ?? '',
          weight: relation.weight ?? 1,
        })),
      },
      [],
    )
    laidOut.push({ start, end, ...fragments })
  }
  return { text: passages.map(({ content }) => content).join(GAP), passages: laidOut }
}

function cleanEntity(entity: CustomEntity): CustomEntity {
  return {
    ...entity,
    entity_name: itemName(entity.entity_name, 'entity_name'),
    entity_type: keptName(entity.entity_type ?? ''),
    description: cleanText(entity.description ?? ''),
  }
}

function cleanRelation(relation: CustomRelation): CustomRelation {
  if (relation.weight !== undefined) checkedWeight(relation.weight)
  const cleaned = {
    ...relation,
    src_id: itemName(relation.src_id, 'src_id'),
    tgt_id: itemName(relation.tgt_id, 'tgt_id'),
    keywords: keptName(relation.keywords ?? ''),
    description: cleanText(relation.description ?? ''),
  }
  if (cleaned.src_id !== cleaned.tgt_id) return cleaned
  throw new EngineError(
    'invalid_argument',
    `A relation needs two different entities, not '${cleaned.src_id}' twice.`,
  )
}

function entityLine({ entity_name, entity_type, description }: CustomEntity): string {
  const head = entity_type ? `${entity_name} (${entity_type})` : entity_name
  return oneLine(description ? `${head}: ${description}` : head)
}

function relationLine({ src_id, tgt_id, keywords, description }: CustomRelation): string {
  const head = `${src_id} - ${tgt_id}`
  const told = [description, keywords].filter((part) => part !== '').join(' ')
  return oneLine(told === '' ? head : `${head}: ${told}`)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
