import type { DocumentLabels, DocumentRecord, JsonObject } from '../../engine/document-record.ts'
import type { Change } from '../../engine/store.ts'
import type { Connection } from './connection.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'
import { keepText } from './intake.ts'

/** The way of a document from `pending` to the end of an attempt. */
export class DocumentQueue {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** After a power cut the document is pending again, which is what `recover` would make of it. */
  claim(): DocumentRecord | null {
    return this.#connection.relaxed(() => {
      const row = this.#connection.get<DocumentRow>(
        `UPDATE documents SET status = 'processing', attempts = attempts + 1, updated_at = ?
         WHERE seq = (SELECT seq FROM documents WHERE status = 'pending' ORDER BY seq LIMIT 1)
         RETURNING *`,
        Date.now(),
      )
      return row === undefined ? null : documentRecord(row)
    })
  }

  pendingCount(): number {
    const sql = `SELECT count(*) AS count FROM documents WHERE status = 'pending'`
    return this.#connection.get<{ count: number }>(sql)?.count ?? 0
  }

  recover(): number {
    return this.#connection.durably(() =>
      this.#connection.run(
        `UPDATE documents SET status = 'pending', updated_at = ? WHERE status = 'processing'`,
        Date.now(),
      ),
    )
  }

  setText(
    documentId: string,
    revision: number,
    text: { text: string; contentHash: string; contentSummary: string; contentLength: number },
  ): boolean {
    return this.#connection.durably(() => {
      const row = this.#connection.get<{ seq: number }>(
        `UPDATE documents SET content_hash = ?, content_summary = ?, content_length = ?,
           updated_at = ?
         WHERE id = ? AND revision = ? RETURNING seq`,
        text.contentHash,
        text.contentSummary,
        text.contentLength,
        Date.now(),
        documentId,
        revision,
      )
      if (row === undefined) return false
      keepText(this.#connection, row.seq, text.text)
      return true
    })
  }

  setStatus(
    documentId: string,
    revision: number,
    status: 'pending' | 'failed',
    errorMsg: string | null,
    metadata: JsonObject | undefined,
  ): void {
    this.#connection.durably(() =>
      this.#connection.run(
        `UPDATE documents SET status = ?, error_msg = ?, metadata = coalesce(?, metadata),
           updated_at = ?
         WHERE id = ? AND revision = ?`,
        status,
        errorMsg,
        metadata === undefined ? null : JSON.stringify(metadata),
        Date.now(),
        documentId,
        revision,
      ),
    )
  }

  scheduleDeletion(documentIds: readonly string[]): void {
    this.#connection.durably(() => {
      for (const id of documentIds) {
        this.#connection.run(
          `INSERT OR IGNORE INTO scheduled_deletions (document)
           SELECT seq FROM documents WHERE id = ?`,
          id,
        )
      }
    })
  }

  scheduledDeletions(): string[] {
    return this.#connection
      .all<{ id: string }>(
        `SELECT d.id FROM scheduled_deletions s JOIN documents d ON d.seq = s.document
         ORDER BY s.seq`,
      )
      .map((row) => row.id)
  }

  isDeletionScheduled(documentId: string): boolean {
    const sql = `SELECT 1 FROM scheduled_deletions
      WHERE document = (SELECT seq FROM documents WHERE id = ?)`
    return this.#connection.get(sql, documentId) !== undefined
  }

  /** Part of the transaction that publishes a document version. */
  finish(version: NonNullable<Change['publishes']>): void {
    this.#connection.run(
      `UPDATE documents SET status = 'processed', chunks_count = ?, metadata = ?, error_msg = NULL,
         updated_at = ?
       WHERE id = ?`,
      version.chunks.length,
      JSON.stringify(version.metadata),
      Date.now(),
      version.documentId,
    )
  }

  /** Part of the transaction that ends a document's chunks. */
  setChunksCount(documentId: string, count: number): void {
    this.#connection.run('UPDATE documents SET chunks_count = ? WHERE id = ?', count, documentId)
  }

  /** Part of the transaction that clears everything; the texts are only marked. */
  forgetAll(): void {
    this.#connection.run('INSERT OR IGNORE INTO dead_texts SELECT document FROM document_texts')
    this.#connection.run('DELETE FROM custom_graphs')
    this.#connection.run('DELETE FROM documents')
    this.#connection.run('DELETE FROM scheduled_deletions')
  }

  /** Returns whether there was one. */
  removeDeadText(): boolean {
    const sql = 'DELETE FROM dead_texts WHERE document = (SELECT min(document) FROM dead_texts)'
    const dead = this.#connection.get<{ document: number }>(`${sql} RETURNING document`)
    if (dead === undefined) return false
    this.#connection.run('DELETE FROM document_texts WHERE document = ?', dead.document)
    return true
  }

  /** Part of the transaction that deletes a document. */
  forget(documentId: string): void {
    for (const table of ['document_texts', 'custom_graphs']) {
      this.#connection.run(
        `DELETE FROM ${table} WHERE document = (SELECT seq FROM documents WHERE id = ?)`,
        documentId,
      )
    }
    this.#connection.run(
      'DELETE FROM scheduled_deletions WHERE document = (SELECT seq FROM documents WHERE id = ?)',
      documentId,
    )
    this.#connection.run('DELETE FROM documents WHERE id = ?', documentId)
  }

  requeueProcessed(documentId: string): boolean {
    return this.#connection.durably(
      () =>
        this.#connection.run(
          `UPDATE documents SET status = 'pending', error_msg = NULL, updated_at = ?
           WHERE id = ? AND status = 'processed'`,
          Date.now(),
          documentId,
        ) > 0,
    )
  }

  /** Returns whether there is such a document. Part of a transaction. */
  setLabels(documentId: string, labels: Partial<Omit<DocumentLabels, 'externalId'>>): boolean {
    const { tags, attributes, enabled } = labels
    const changed = this.#connection.run(
      `UPDATE documents SET tags = coalesce(?, tags), attributes = coalesce(?, attributes),
         enabled = coalesce(?, enabled), updated_at = ?
       WHERE id = ?`,
      tags === undefined ? null : JSON.stringify(tags),
      attributes === undefined ? null : JSON.stringify(attributes),
      enabled === undefined ? null : Number(enabled),
      Date.now(),
      documentId,
    )
    return changed > 0
  }

  requeueFailed(documentIds: readonly string[] | null): number {
    const update = `UPDATE documents SET status = 'pending', error_msg = NULL, updated_at = ?
      WHERE status = 'failed'`
    return this.#connection.durably(() => {
      const now = Date.now()
      if (documentIds === null) return this.#connection.run(update, now)
      let requeued = 0
      for (const id of documentIds)
        requeued += this.#connection.run(`${update} AND id = ?`, now, id)
      return requeued
    })
  }
}
