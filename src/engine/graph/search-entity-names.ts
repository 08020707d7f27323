import { compareCodePoints } from '../text/code-points.ts'
import { foldedCase } from '../text/folded-case.ts'
import { keptName } from '../text/kept-name.ts'
import { yieldAheadIfDue } from '../work/turns.ts'

/** Compared before it is looked at the time. */
const NAMES_PER_LOOK = 64

/**
 * Names that contain a text, best first: the same, then beginning with it, then shorter ones; a
 * match at the start of a word counts for more. Case does not matter.
 */
export async function searchEntityNames(
  names: readonly string[],
  text: string,
  limit: number,
): Promise<string[]> {
  const wanted = foldedCase(keptName(text))
  if (wanted === '') return []
  const scored: { name: string; score: number }[] = []
  for (const [at, name] of names.entries()) {
    if (at % NAMES_PER_LOOK === 0) await yieldAheadIfDue()
    const score = scoreOf(foldedCase(name.normalize('NFC')), wanted)
    if (score > Number.NEGATIVE_INFINITY) scored.push({ name, score })
  }
  return scored
    .sort((a, b) => b.score - a.score || compareCodePoints(a.name, b.name))
    .slice(0, limit)
    .map(({ name }) => name)
}

function scoreOf(name: string, wanted: string): number {
  if (name === wanted) return 1000
  if (name.startsWith(wanted)) return 500
  if (!name.includes(wanted)) return Number.NEGATIVE_INFINITY
  const startsWord = name.includes(` ${wanted}`) || name.includes(`_${wanted}`)
  return 100 - name.length + (startsWord ? 50 : 0)
}
