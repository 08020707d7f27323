import type { CallOptions, Keywords } from '../ports/models.ts'
import type { Hit } from '../ports/searches.ts'
import type { Key, StoredChunk, StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../work/turns.ts'
import { SaidBefore } from './context/said-before.ts'
import { findKeywords } from './find-keywords.ts'
import type { Question } from './question.ts'
import { interleaved } from './rank/fuse.ts'
import { rankByEntities } from './rank/rank-by-entities.ts'
import { rankByRelations } from './rank/rank-by-relations.ts'
import { rankByWalk } from './rank/rank-by-walk.ts'
import { rankRelations } from './rank/rank-relations.ts'
import { type Ranked, type RetrieveParts, searchTexts, vectorOf } from './search.ts'

/** What was found, best first, before any budget cut it. */
export interface Retrieved {
  readonly keywords: Keywords
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
  readonly chunks: readonly StoredChunk[]
}

/** A reranker chooses among this many times the chunks that are wanted. */
const RERANK_POOL = 2
/** How often further passages are read for those that repeat others. */
const MOST_ROUNDS = 4
/** A line of the context has at least about this many tokens, so more rows are never of use. */
const SHORTEST_LINE = 12

/** Finds what the stored documents and their graph have on a question. */
export async function retrieve(
  parts: RetrieveParts,
  question: Question,
  options: CallOptions,
): Promise<Retrieved> {
  if (question.mode === 'naive') {
    const vector = vectorOf(parts, question.query, options)
    const hits = await searchTexts(parts, question.query, vector)
    const chunks = await readChunks(parts, question, hits)
    return { keywords: { high: [], low: [] }, entities: [], relations: [], chunks }
  }
  const finding = findKeywords(parts.models.keywords, question, options)
  const [keywords, ranked] = await Promise.all([finding, rank(parts, question, finding, options)])
  const [graph, chunks] = await Promise.all([
    readGraph(parts, question, ranked),
    readChunks(parts, question, ranked.chunks),
  ])
  return { keywords, ...graph, chunks }
}

async function rank(
  parts: RetrieveParts,
  question: Question,
  keywords: Promise<Keywords>,
  options: CallOptions,
): Promise<Ranked> {
  const { mode } = question
  if (mode === 'local') return rankByEntities(parts, question, keywords, options)
  if (mode === 'global') return rankByRelations(parts, question, keywords, options)
  if (mode === 'mix') return rankByWalk(parts, question, keywords, options)
  const [local, global] = await Promise.all([
    rankByEntities(parts, question, keywords, options),
    rankByRelations(parts, question, keywords, options),
  ])
  return {
    chunks: interleaved(local.chunks, global.chunks),
    entities: interleaved(local.entities, global.entities),
    relations: interleaved(local.relations, global.relations),
  }
}

async function readGraph(
  { searches }: RetrieveParts,
  question: Question,
  ranked: Ranked,
): Promise<Pick<Retrieved, 'entities' | 'relations'>> {
  const most = (budget: number) => Math.min(question.topK, Math.ceil(budget / SHORTEST_LINE))
  const kept = ranked.entities.slice(0, question.topK)
  const entities = await searches.entities(keysOf(kept))
  const relations = await rankRelations(
    searches,
    question.query,
    entities,
    kept,
    ranked.relations,
    most(question.maxRelationTokens),
  )
  return { entities: entities.slice(0, most(question.maxEntityTokens)), relations }
}

/** As many passages as are wanted, each of which says something of its own. */
async function readChunks(
  { searches, models }: RetrieveParts,
  { chunkTopK, enableRerank }: Question,
  hits: readonly Hit[],
): Promise<StoredChunk[]> {
  const wanted = (models.reranker && enableRerank ? RERANK_POOL : 1) * chunkTopK
  const kept: StoredChunk[] = []
  const said = new SaidBefore()
  for (let at = 0, round = 0; round < MOST_ROUNDS; round += 1) {
    const next = hits.slice(at, at + wanted - kept.length)
    at += next.length
    for (const chunk of await searches.chunks(keysOf(next))) {
      await yieldAheadIfDue()
      if (said.isNew(chunk)) kept.push(chunk)
    }
    if (next.length === 0 || kept.length >= wanted) break
  }
  return kept
}

const keysOf = (hits: readonly Hit[]): Key[] => hits.map(({ key }) => key)
