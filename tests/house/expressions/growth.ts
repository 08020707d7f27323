import { Backtracking } from './backtracking.ts'
import { grown, type Pumped, pumpedTexts } from './pumped-texts.ts'

/** In characters. */
const SHORT = 80
/** What takes more steps than this is as bad as it can be. */
const MOST_STEPS = 200_000
/** Steps a character below which the growth need not be looked at: no long text takes long. */
const FEW_STEPS = 30

/** How the steps of an expression grow on the text on which they grow most. */
export interface Growth {
  readonly text: Pumped
  /** Steps for a text, for one twice as long, and for one four times as long. */
  readonly steps: readonly [number, number, number]
}

/**
 * A text on which an expression takes far more than twice the steps when it is twice as long; null
 * when it has none, as it should be.
 */
export function superlinearGrowth(source: string, flags: string): Growth | null {
  const machine = new Backtracking(source, flags)
  // Without long repetitions it looks at a few characters from each place, whatever the text.
  if (!machine.expression.isLong) return null
  for (const text of pumpedTexts(machine.expression)) {
    const steps = (times: number) => machine.steps(grown(text, times * SHORT), MOST_STEPS)
    const twice = steps(2)
    if (twice < FEW_STEPS * 2 * SHORT) continue
    const four = steps(4)
    if (four > 3 * twice || four >= MOST_STEPS) return { text, steps: [steps(1), twice, four] }
  }
  return null
}
