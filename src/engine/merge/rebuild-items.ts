import type { Change, EntityState, RelationState } from '../ports/change.ts'
import type { EntityOverride, Overrides, RelationOverride } from '../ports/graph-edit.ts'
import type { CallOptions } from '../ports/models.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { StoredEntityFragment, StoredRelationFragment } from '../ports/stored-rows.ts'
import { tokenCount } from '../text/tokenizer.ts'
import { inParallel } from '../work/in-parallel.ts'
import { isSliceOver, mapInTurns, nextTurn } from '../work/turns.ts'
import type { AskOptions, ChangeParts } from './ask-models.ts'
import { entityLine, relationLine } from './item-texts.ts'
import { withVectors } from './item-vectors.ts'
import { mergeEntity, mergeRelation } from './merge-fragments.ts'

/** Everything that a change touches, with all that will be said of it. */
export interface Touched {
  /** The first fragments by name, in canonical order; none for what nobody speaks of any more. */
  readonly entities: ReadonlyMap<string, readonly StoredEntityFragment[]>
  /** Same by {@link pairKey}. Every pair that ends must be among them. */
  readonly relations: ReadonlyMap<
    string,
    { readonly pair: Pair; readonly fragments: readonly StoredRelationFragment[] }
  >
  readonly overrides: Overrides
  /** See {@link AskOptions}. */
  readonly mayLeavePending: boolean
}

/** Summaries asked for at once; who gets a slot is the scheduler's affair. */
const SUMMARIES = 16

/**
 * Computes entities and relations again from all that is said of them. An entity of which only
 * relations speak is one without a type and description; one of which nothing speaks is dead.
 */
export async function rebuildItems(
  parts: ChangeParts,
  touched: Touched,
  callOptions: CallOptions,
): Promise<Pick<Change, 'entities' | 'relations' | 'deadEntities' | 'deadRelations'>> {
  const { overrides, mayLeavePending } = touched
  const options = { ...callOptions, mayLeavePending }
  const [relations, entities] = await Promise.all([
    rebuiltAll([...touched.relations], ([key, { pair, fragments }]) =>
      relationState(parts, pair, fragments, overrides.relations.get(key), options),
    ),
    rebuiltAll([...touched.entities], ([name, fragments]) =>
      entityState(parts, name, fragments, overrides.entities.get(name), options),
    ),
  ])
  const unsaid = [...touched.entities].flatMap(([name, said]) => (said.length === 0 ? [name] : []))
  const ended = [...touched.relations.values()].filter(({ fragments }) => fragments.length === 0)
  const bare = await bareEntities(parts, unsaid, relations, touched)
  const alive = new Set(bare.map(({ name }) => name))
  return {
    ...(await withVectors(parts, [...entities, ...bare], relations, options)),
    deadEntities: unsaid.filter((name) => !alive.has(name)),
    deadRelations: ended.map(({ pair }) => pair),
  }
}

/** The items that are left, in order; the summaries that they need are asked for side by side. */
async function rebuiltAll<Item, State>(
  items: readonly Item[],
  stateOf: (item: Item) => Promise<State | null>,
): Promise<State[]> {
  const states = await inParallel(SUMMARIES, items, async (item) => {
    if (isSliceOver()) await nextTurn()
    return stateOf(item)
  })
  return states.filter((state) => state !== null)
}

async function entityState(
  { settings, describe }: ChangeParts,
  name: string,
  fragments: readonly StoredEntityFragment[],
  override: EntityOverride | undefined,
  options: AskOptions,
): Promise<EntityState | null> {
  if (fragments.length === 0) return null
  const { descriptions, ...merged } = mergeEntity(name, fragments, {
    sourceIds: settings.maxSourceIdsPerEntity,
    filePaths: settings.maxFilePaths,
    descriptions: settings.maxDescriptions,
  })
  const description =
    override?.description ?? (await describe({ kind: 'entity', name }, descriptions, options))
  const type = override?.type ?? merged.type
  if (isSliceOver()) await nextTurn()
  const tokens = tokenCount(entityLine({ name, type, description }))
  return { ...merged, type, description, tokens, vector: null }
}

async function relationState(
  { settings, describe }: ChangeParts,
  pair: Pair,
  fragments: readonly StoredRelationFragment[],
  override: RelationOverride | undefined,
  options: AskOptions,
): Promise<RelationState | null> {
  if (fragments.length === 0) return null
  const { descriptions, ...merged } = mergeRelation(pair, fragments, {
    sourceIds: settings.maxSourceIdsPerRelation,
    filePaths: settings.maxFilePaths,
    descriptions: settings.maxDescriptions,
  })
  const subject = { kind: 'relation', name: `(${pair[0]}, ${pair[1]})` } as const
  const description = override?.description ?? (await describe(subject, descriptions, options))
  const state = { ...merged, ...override, description }
  if (isSliceOver()) await nextTurn()
  return { ...state, tokens: tokenCount(relationLine(state)), vector: null }
}

/** The entities among these names that a relation still needs as its end. */
async function bareEntities(
  parts: ChangeParts,
  names: readonly string[],
  rebuilt: readonly RelationState[],
  touched: Touched,
): Promise<EntityState[]> {
  if (names.length === 0) return []
  const speaking = new Map<string, (typeof rebuilt)[number][]>()
  const wanted = new Set(names)
  const hear = (relation: Omit<RelationState, 'vector'>) => {
    for (const name of [relation.source, relation.target]) {
      if (!wanted.has(name)) continue
      const list = speaking.get(name)
      if (list) list.push({ ...relation, vector: null })
      else speaking.set(name, [{ ...relation, vector: null }])
    }
  }
  await mapInTurns(rebuilt, hear)
  const keys = await parts.store.searches.entityKeys(names)
  const ties = await parts.store.searches.relationsOf([...keys.values()])
  for (const relation of await parts.store.searches.relations(ties.map((tie) => tie.key))) {
    if (isSliceOver()) await nextTurn()
    if (!touched.relations.has(pairKey([relation.source, relation.target]))) hear(relation)
  }
  return mapInTurns([...speaking], ([name, relations]) =>
    bareEntity(parts.settings, name, relations, touched.overrides.entities.get(name)),
  )
}

function bareEntity(
  settings: EngineSettings,
  name: string,
  relations: readonly RelationState[],
  override: EntityOverride | undefined,
): EntityState {
  const sources = new Set(relations.flatMap((relation) => relation.sourceIds))
  const paths = new Set(relations.flatMap((relation) => relation.filePaths))
  const described = { name, type: 'unknown', description: '', ...override }
  return {
    ...described,
    sourceIds: [...sources].sort().slice(0, settings.maxSourceIdsPerEntity),
    filePaths: [...paths].sort().slice(0, settings.maxFilePaths),
    createdAt: relations.reduce((first, { createdAt }) => Math.min(first, createdAt), Infinity),
    tokens: tokenCount(entityLine(described)),
    vector: null,
  }
}
