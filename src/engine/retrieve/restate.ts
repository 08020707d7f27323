import { entityLine, relationLine } from '../merge/item-texts.ts'
import { mergeEntity, mergeRelation, SEPARATOR } from '../merge/merge-fragments.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { Searches } from '../ports/searches.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import { tokenCount } from '../text/tokenizer.ts'

/** Where rows came from, and what was meant to be seen of it. */
export interface RestateParts {
  readonly store: Pick<Store, 'graph' | 'searches'>
  readonly within: Pick<Searches, 'entityFragments' | 'relationFragments' | 'chunkKeys'>
  readonly settings: EngineSettings
}

interface Facts {
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
}

/**
 * What a part of the documents says of these entities and relations. Rows are stored as all
 * documents together make them; here the others are taken out again, names, files and weights
 * included. What a person wrote into the graph stays.
 */
export async function restate<F extends Facts>(parts: RestateParts, facts: F): Promise<F> {
  const names = facts.entities.map(({ name }) => name)
  const pairs = facts.relations.map(({ source, target }): Pair => [source, target])
  const { store, within, settings } = parts
  const [ofEntities, ofRelations, overrides] = await Promise.all([
    within.entityFragments(names, [], settings.maxSourceIdsPerEntity),
    within.relationFragments(pairs, [], settings.maxSourceIdsPerRelation),
    store.graph.overrides(names, pairs),
  ])
  const entities: StoredEntity[] = []
  for (const entity of facts.entities) {
    const fragments = ofEntities.get(entity.name) ?? []
    if (fragments.length === 0) {
      if (await isSpokenOf(parts, entity.sourceIds)) entities.push(entity)
      continue
    }
    const { descriptions, ...merged } = mergeEntity(entity.name, fragments, {
      sourceIds: settings.maxSourceIdsPerEntity,
      filePaths: settings.maxFilePaths,
      descriptions: settings.maxDescriptions,
    })
    if (isSame(merged.sourceIds, entity.sourceIds)) {
      entities.push(entity)
      continue
    }
    const description = joined(descriptions, settings)
    const said = { ...merged, description, ...overrides.entities.get(entity.name) }
    entities.push({ ...entity, ...said, tokens: tokenCount(entityLine(said)) })
  }
  const relations = facts.relations.flatMap((relation) => {
    const pair: Pair = [relation.source, relation.target]
    const fragments = ofRelations.get(pairKey(pair)) ?? []
    if (fragments.length === 0) return []
    const { descriptions, ...merged } = mergeRelation(pair, fragments, {
      sourceIds: settings.maxSourceIdsPerRelation,
      filePaths: settings.maxFilePaths,
      descriptions: settings.maxDescriptions,
    })
    if (isSame(merged.sourceIds, relation.sourceIds)) return [relation]
    const description = joined(descriptions, settings)
    const said = { ...merged, description, ...overrides.relations.get(pairKey(pair)) }
    return [{ ...relation, ...said, tokens: tokenCount(relationLine(said)) }]
  })
  return { ...facts, entities, relations }
}

/** The end of a relation may stand for itself: it is seen if one of its sources is, or has none. */
async function isSpokenOf(
  { store, within }: RestateParts,
  sourceIds: readonly string[],
): Promise<boolean> {
  const [all, seen] = await Promise.all([
    store.searches.chunkKeys(sourceIds),
    within.chunkKeys(sourceIds),
  ])
  return seen.size > 0 || all.size === 0
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** No model is asked for a summary; the first descriptions stand for the others. */
function joined(descriptions: readonly string[], { summaryMaxTokens }: EngineSettings): string {
  const kept: string[] = []
  let left = summaryMaxTokens
  for (const description of descriptions) {
    left -= tokenCount(description)
    if (left < 0 && kept.length > 0) break
    kept.push(description)
  }
  return kept.join(SEPARATOR)
}
