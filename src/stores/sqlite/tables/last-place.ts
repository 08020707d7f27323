import type { Connection } from '../database/connection.ts'

/** The greatest place of any document in the queue, whatever became of it. */
export function lastPlace(connection: Connection): number {
  const sql = 'SELECT max(place) AS place FROM documents'
  return connection.get<{ place: number | null }>(sql)?.place ?? 0
}
