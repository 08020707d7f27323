import type { Connection } from '../../database/connection.ts'

/** Keeps the graph that came with a document; a version that came without one has none. */
export function keepGraph(connection: Connection, seq: number, graph: string | undefined): void {
  connection.run('DELETE FROM custom_graphs WHERE document = ?', seq)
  if (graph === undefined) return
  connection.run('INSERT INTO custom_graphs (document, graph) VALUES (?, ?)', seq, graph)
}

/** The graph that came with a document, as it was given; null for other documents. */
export function customGraph(connection: Connection, documentId: string): string | null {
  const row = connection.get<{ graph: string }>(
    `SELECT g.graph FROM documents d JOIN custom_graphs g ON g.document = d.seq WHERE d.id = ?`,
    documentId,
  )
  return row?.graph ?? null
}
