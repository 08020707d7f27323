/** `died` of a row that nothing has superseded. */
export const NEVER = Number.MAX_SAFE_INTEGER

/**
 * The published generation of one store.
 *
 * Versioned rows carry `born` and `died`; a row is visible while `born <= current < died`. A change
 * writes its rows under the next generation, where nobody sees them, and publishing is one step.
 */
export class Generation {
  current: number
  /** Whether all rows are visible: none is written ahead, none is dead and not removed yet. */
  isWhole = false

  constructor(current: number) {
    this.current = current
  }
}

/** SQL condition that takes the current generation twice. */
export function visible(alias: string): string {
  return `${alias}.born <= ? AND ${alias}.died > ?`
}

/** SQL condition on fragments `f`, that takes the current generation twice: no person ended them. */
export const UNEDITED = `f.born <= ? AND coalesce(f.died, ${NEVER}) > ?`

/**
 * SQL condition that takes the current generation four times. A fragment is seen with its chunk,
 * unless a person renamed or ended it.
 */
export function fragmentVisible(fragment: string, chunk: string): string {
  return `${fragment}.born <= ? AND coalesce(${fragment}.died, ${NEVER}) > ? AND ${visible(chunk)}`
}
