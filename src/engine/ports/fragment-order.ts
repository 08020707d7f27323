import { createHash } from 'node:crypto'
import { compareCodePoints } from '../text/code-points.ts'

interface Origin {
  readonly documentId: string
  readonly ordinal: number
  readonly position: number
}

/**
 * The canonical order of fragments. It depends on what they are, not on when they came, so that the
 * same documents give the same graph in whatever order they were added; and it has nothing to do
 * with time or topic, so that the first of many are an even sample.
 */
export function byOrigin(a: Origin, b: Origin): number {
  return (
    documentRank(a.documentId) - documentRank(b.documentId) ||
    compareCodePoints(a.documentId, b.documentId) ||
    a.ordinal - b.ordinal ||
    a.position - b.position
  )
}

/** Ranks seen lately; sorting asks for the same few again and again. */
const ranks = new Map<string, number>()

const MOST_RANKS = 10_000

/** Where a document's fragments stand in the canonical order: 48 bits of a hash of its id. */
export function documentRank(documentId: string): number {
  const known = ranks.get(documentId)
  if (known !== undefined) return known
  const rank = createHash('sha256').update(documentId).digest().readUIntBE(0, 6)
  if (ranks.size >= MOST_RANKS) ranks.clear()
  ranks.set(documentId, rank)
  return rank
}
