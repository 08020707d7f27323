import type { Key } from '../../../engine/ports/stored-rows.ts'

/**
 * What was read under some keys, in the order in which these were asked for. SQLite would put whole
 * rows aside to sort them.
 */
export function inKeyOrder<Row extends { readonly key: Key }>(
  keys: readonly Key[],
  rows: readonly Row[],
): Row[] {
  const found = new Map(rows.map((row) => [row.key, row]))
  return keys.flatMap((key) => found.get(key) ?? [])
}
