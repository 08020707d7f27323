/**
 * Keeps the best-ranked items that fit a token budget.
 *
 * @param ranked best first
 * @param budget in tokens; 0 keeps nothing
 */
export function fitToBudget<T>(
  ranked: readonly T[],
  budget: number,
  tokensOf: (item: T) => number,
): T[] {
  const kept: T[] = []
  let left = budget
  for (const item of ranked) {
    left -= tokensOf(item)
    // Stop rather than skip: a shorter item further down must not push out a better one.
    if (left < 0) break
    kept.push(item)
  }
  return kept
}
