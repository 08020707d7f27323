/** Fields of the caller's own, or of a configuration. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The object in a column that only ever gets objects. */
export function objectIn(column: string): JsonObject {
  const value: unknown = JSON.parse(column)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** The list of ids in a column; undefined for null, which stands for all. */
export function idsIn(column: string | null): readonly string[] | undefined {
  if (column === null) return undefined
  const value: unknown = JSON.parse(column)
  return Array.isArray(value) ? value.map(String) : []
}

export function idsColumn(ids: readonly string[] | null | undefined): string | null {
  return ids === null || ids === undefined ? null : JSON.stringify([...new Set(ids)].sort())
}
