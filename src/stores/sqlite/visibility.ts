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

  constructor(current: number) {
    this.current = current
  }
}

/** SQL condition that takes the current generation twice. */
export function visible(alias: string): string {
  return `${alias}.born <= ? AND ${alias}.died > ?`
}
