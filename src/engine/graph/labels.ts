import { compareCodePoints } from '../text/code-points.ts'
import { foldedCase } from '../text/folded-case.ts'
import { keptLabel } from '../text/kept-label.ts'

/**
 * Names that contain a text, best first: the same, then beginning with it, then shorter ones; a
 * match at the start of a word counts for more. Case does not matter.
 */
export function searchLabels(labels: readonly string[], text: string, limit: number): string[] {
  const wanted = foldedCase(keptLabel(text))
  if (wanted === '') return []
  const scored: { label: string; score: number }[] = []
  for (const label of labels) {
    const score = scoreOf(foldedCase(label.normalize('NFC')), wanted)
    if (score > Number.NEGATIVE_INFINITY) scored.push({ label, score })
  }
  return scored
    .sort((a, b) => b.score - a.score || compareCodePoints(a.label, b.label))
    .slice(0, limit)
    .map(({ label }) => label)
}

function scoreOf(label: string, wanted: string): number {
  if (label === wanted) return 1000
  if (label.startsWith(wanted)) return 500
  if (!label.includes(wanted)) return Number.NEGATIVE_INFINITY
  const startsWord = label.includes(` ${wanted}`) || label.includes(`_${wanted}`)
  return 100 - label.length + (startsWord ? 50 : 0)
}
