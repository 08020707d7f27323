import type { ScheduledDeletion } from '../../../engine/ports/document-queue.ts'
import type { DocumentRecord } from '../../../engine/ports/document-record.ts'
import { inSlices, type Steps } from '../../../vectors/slices.ts'
import type { Connection } from '../database/connection.ts'
import type { ArrivingDocuments } from './arriving-documents.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'

/** Deletions, and the clearing, that were scheduled and are not done yet. */
export class ScheduledDeletionTable {
  readonly #connection: Connection
  readonly #arriving: ArrivingDocuments

  constructor(connection: Connection, arriving: ArrivingDocuments) {
    this.#connection = connection
    this.#arriving = arriving
  }

  /**
   * Who asks a second time may ask for more to go along, and keeps the place of the first time. Very many
   * are scheduled by several transactions: of what a failure interrupts some goes, and the rest when it
   * is asked for again.
   */
  async scheduleDeletion(
    documentIds: readonly string[],
    how: Omit<ScheduledDeletion, 'documentId'>,
  ): Promise<DocumentRecord[]> {
    const taken: DocumentRecord[] = []
    await inSlices(this.#schedule(new Set(documentIds), how, taken), {
      around: (slice) => this.#connection.durably(slice),
      room: () => this.#connection.roomInLog(),
    })
    return taken
  }

  *#schedule(
    documentIds: ReadonlySet<string>,
    { forgetAnswers, deleteFiles }: Omit<ScheduledDeletion, 'documentId'>,
    taken: DocumentRecord[],
  ): Steps {
    for (const id of documentIds) {
      const sql = `SELECT * FROM documents WHERE id = ?${this.#arriving.excluded}`
      const row = this.#connection.get<DocumentRow>(sql, id)
      if (row === undefined) continue
      this.#connection.run(
        `INSERT INTO scheduled_deletions (document, forget_answers, delete_files) VALUES (?, ?, ?)
         ON CONFLICT (document) DO UPDATE SET
           forget_answers = max(forget_answers, excluded.forget_answers),
           delete_files = max(delete_files, excluded.delete_files)`,
        row.seq,
        Number(forgetAnswers),
        Number(deleteFiles),
      )
      taken.push(documentRecord(row))
      yield
    }
  }

  scheduledDeletions(): string[] {
    return this.#connection
      .all<{ id: string }>(
        `SELECT d.id FROM scheduled_deletions s JOIN documents d ON d.seq = s.document
         ORDER BY s.seq`,
      )
      .map((row) => row.id)
  }

  isAnyDeletionScheduled(): boolean {
    return this.#connection.get('SELECT 1 FROM scheduled_deletions LIMIT 1') !== undefined
  }

  scheduledDeletion(documentId: string): ScheduledDeletion | null {
    const row = this.#connection.get<{ forget_answers: number; delete_files: number }>(
      `SELECT forget_answers, delete_files FROM scheduled_deletions
       WHERE document = (SELECT seq FROM documents WHERE id = ?)`,
      documentId,
    )
    if (row === undefined) return null
    const { forget_answers: answers, delete_files: files } = row
    return { documentId, forgetAnswers: answers === 1, deleteFiles: files === 1 }
  }

  scheduleClearing(): void {
    this.#connection.durably(() => this.beginClearing())
  }

  /** Part of the transaction by which nothing that was there is seen any more. */
  beginClearing(): void {
    this.#connection.run('INSERT OR IGNORE INTO promised_clearing (id) VALUES (1)')
  }

  /** Part of the transaction that comes when nothing is left of what was to go. */
  endClearing(): void {
    this.#connection.run('DELETE FROM promised_clearing')
  }

  isClearingScheduled(): boolean {
    return this.#connection.get('SELECT 1 FROM promised_clearing') !== undefined
  }
}
