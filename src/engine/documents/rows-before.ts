/** How many rows stand before a page, from 1; as many as a store can count where it is beyond all. */
export function rowsBefore(page: number, pageSize: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, (page - 1) * pageSize)
}
