import type { Change } from '../../../engine/ports/change.ts'
import type {
  AttemptEnd,
  DeathCount,
  DocumentAnnotations,
  DocumentRecord,
  InterruptedDocument,
} from '../../../engine/ports/document-record.ts'
import { inSlices, type Steps } from '../../../vectors/slices.ts'
import { type Connection, LIMIT } from '../database/connection.ts'
import type { ArrivingDocuments } from './arriving-documents.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'
import { keepText, lastPlace } from './enqueue-documents.ts'

/** A wait that is longer was measured by another clock. */
const LONGEST_WAIT_MS = 3_600_000
/** Documents that one transaction forgets when all of them go: 2 ms at most. */
const FORGOTTEN_AT_ONCE = 200
/** Documents that one step puts back into the queue: 2 ms at most. */
const CHANGED_AT_ONCE = 100
const AMONG = 'IN (SELECT value FROM json_each(?))'

/** In work, and not by one of the owners that are bound to it. */
const LEFT = `status = 'processing' AND life NOT IN (SELECT value FROM json_each(?))`

/** The way of a document from `pending` to the end of an attempt. */
export class QueueTable {
  readonly #connection: Connection
  readonly #arriving: ArrivingDocuments
  /**
   * When the lease of each owner runs out. In memory, since nobody else can have this database open:
   * what an earlier opening let out has ended with it.
   */
  readonly #leases = new Map<string, number>()

  constructor(connection: Connection, arriving: ArrivingDocuments) {
    this.#connection = connection
    this.#arriving = arriving
  }

  /** After a power cut the document is pending again, which is what `recover` would make of it. */
  claim(owner: string, leaseMs: number): DocumentRecord | null {
    this.renew(owner, leaseMs)
    return this.#connection.relaxed(() => {
      const now = Date.now()
      const row = this.#connection.get<DocumentRow>(
        `UPDATE documents SET status = 'processing', attempts = attempts + 1, life = ?, step = '',
           updated_at = ?
         WHERE seq = (SELECT seq FROM documents
           WHERE status = 'pending' AND NOT next_attempt_at BETWEEN ? AND ?
             AND seq NOT IN (SELECT document FROM scheduled_deletions)
             AND NOT EXISTS (SELECT 1 FROM promised_clearing)${this.#arriving.excluded}
           ORDER BY place LIMIT 1)
         RETURNING *`,
        owner,
        now,
        now + 1,
        now + LONGEST_WAIT_MS,
      )
      return row === undefined ? null : documentRecord(row)
    })
  }

  renew(owner: string, leaseMs: number): void {
    this.#leases.set(owner, performance.now() + leaseMs)
  }

  pendingCount(): number {
    const sql = `SELECT count(*) AS count FROM documents
      WHERE status = 'pending'${this.#arriving.excluded}`
    return this.#connection.get<{ count: number }>(sql)?.count ?? 0
  }

  nextAttemptAt(): number | null {
    const sql = `SELECT min(next_attempt_at) AS at FROM documents
      WHERE status = 'pending' AND next_attempt_at > 0`
    return this.#connection.get<{ at: number | null }>(sql)?.at ?? null
  }

  hurry(): Promise<number> {
    const waiting = `status = 'pending' AND next_attempt_at > 0`
    return this.#changeAll(waiting, (some) =>
      this.#connection.run(`UPDATE documents SET next_attempt_at = 0 WHERE seq ${AMONG}`, some),
    )
  }

  /** Counts on from one to the next, so that many are found in one walk along the queue. */
  positions(documentIds: readonly string[]): Map<string, number> {
    const rows = this.#connection.all<{ id: string; place: number }>(
      `SELECT d.id, d.place FROM json_each(?) k CROSS JOIN documents d ON d.id = k.value
       WHERE d.status = 'pending' ORDER BY d.place`,
      JSON.stringify(documentIds),
    )
    const positions = new Map<string, number>()
    let before = 0
    let from = Number.MIN_SAFE_INTEGER
    for (const { id, place } of rows) {
      const sql = `SELECT count(*) AS count FROM documents
        WHERE status = 'pending' AND place >= ? AND place < ?`
      before += this.#connection.get<{ count: number }>(sql, from, place)?.count ?? 0
      from = place
      positions.set(id, before)
    }
    return positions
  }

  /** Not synced: what is lost in a power cut was none of the document's doing. */
  beginStep(documentId: string, step: string): void {
    this.#connection.relaxed(() =>
      this.#connection.run(
        `UPDATE documents SET step = ? WHERE id = ? AND status = 'processing'`,
        step,
        documentId,
      ),
    )
  }

  interrupted(owner: string): InterruptedDocument[] {
    return this.#connection.all<InterruptedDocument>(
      `SELECT id, file_path AS filePath, track_id AS trackId, life AS owner, step, deaths
       FROM documents WHERE ${LEFT} ORDER BY place`,
      this.#othersAtWork(owner),
    )
  }

  recover(owner: string, counted: ReadonlyMap<string, DeathCount> = new Map()): number {
    const others = this.#othersAtWork(owner)
    return this.#connection.durably(() => {
      let recovered = 0
      for (const [id, { deaths, errorMsg, failed }] of counted) {
        recovered += this.#connection.run(
          `UPDATE documents SET status = ?, deaths = ?, error_msg = ?, place = ?, updated_at = ?
           WHERE id = ? AND ${LEFT}`,
          failed ? 'failed' : 'pending',
          deaths,
          errorMsg,
          lastPlace(this.#connection) + 1,
          Date.now(),
          id,
          others,
        )
      }
      recovered += this.#connection.run(
        `UPDATE documents SET status = 'pending', updated_at = ? WHERE ${LEFT}`,
        Date.now(),
        others,
      )
      return recovered
    })
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

  endAttempt(documentId: string, revision: number, end: AttemptEnd, owner: string | null): void {
    const waits = end.status === 'waiting'
    this.#connection.durably(() =>
      this.#connection.run(
        `UPDATE documents SET status = ?, error_msg = ?, attempts = max(0, attempts - ?),
           next_attempt_at = ?, blame = coalesce(?, blame), place = coalesce(?, place),
           updated_at = ?
         WHERE id = ? AND revision = ? AND life = coalesce(?, life)`,
        waits ? 'pending' : end.status,
        end.errorMsg,
        end.status === 'pending' && !end.counts ? 1 : 0,
        waits ? end.nextAttemptAt : 0,
        waits ? end.blame : null,
        waits ? lastPlace(this.#connection) + 1 : null,
        Date.now(),
        documentId,
        revision,
        owner,
      ),
    )
  }

  /** Part of the transaction that publishes a document version. */
  finish(version: NonNullable<Change['publishes']>): void {
    this.#connection.run(
      `UPDATE documents SET status = 'processed', chunks_count = ?, metadata = ?, error_msg = NULL,
         blame = 0, next_attempt_at = 0, deaths = 0, updated_at = ?
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

  /** The last that was taken in; 0 before the first. */
  lastSeq(): number {
    const sql = 'SELECT max(seq) AS seq FROM documents'
    return this.#connection.get<{ seq: number | null }>(sql)?.seq ?? 0
  }

  /** Forgets documents up to the given one, some in each step; their texts are only marked. */
  forgetUntil(last: number): Steps {
    return this.#forgetBetween(0, last)
  }

  /** The same from the given one on. */
  forgetFrom(first: number): Steps {
    return this.#forgetBetween(first, Number.MAX_SAFE_INTEGER)
  }

  *#forgetBetween(first: number, last: number): Steps {
    const next = `SELECT seq FROM documents WHERE seq BETWEEN ? AND ?
      ORDER BY seq LIMIT ${FORGOTTEN_AT_ONCE}`
    for (;;) {
      const some = this.#connection.all<{ seq: number }>(next, first, last)
      if (some.length === 0) return
      for (const sql of [
        `INSERT OR IGNORE INTO dead_texts
         SELECT document FROM document_texts WHERE document ${AMONG}`,
        `DELETE FROM custom_graphs WHERE document ${AMONG}`,
        `DELETE FROM scheduled_deletions WHERE document ${AMONG}`,
        `DELETE FROM documents WHERE seq ${AMONG}`,
      ]) {
        this.#connection.run(sql, JSON.stringify(some.map(({ seq }) => seq)))
      }
      yield
    }
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
      () => this.#requeue(`id = ? AND status = 'processed'`, documentId) > 0,
    )
  }

  /** Returns whether there is such a document. Part of a transaction. */
  setAnnotations(
    documentId: string,
    annotations: Partial<Omit<DocumentAnnotations, 'externalId'>>,
  ): boolean {
    const { tags, attributes, enabled } = annotations
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

  async requeueFailed(documentIds: readonly string[] | null): Promise<number> {
    if (documentIds === null) {
      return this.#changeAll(`status = 'failed'`, (some) => this.#requeue(`seq ${AMONG}`, some))
    }
    return this.#connection.durably(() => {
      let requeued = 0
      for (const id of documentIds) requeued += this.#requeue(`id = ? AND status = 'failed'`, id)
      return requeued
    })
  }

  /**
   * Changes all that fulfil a condition, some by each transaction: a model that was out for a day leaves
   * very many. What comes meanwhile may be among them.
   *
   * @param change takes their numbers as a list in JSON, and tells how many it changed
   */
  async #changeAll(condition: string, change: (some: string) => number): Promise<number> {
    let changed = 0
    const steps = this.#someOfAll(condition, (some) => {
      changed += change(some)
    })
    await inSlices(steps, {
      around: (slice) => this.#connection.durably(slice),
      room: () => this.#connection.roomInLog(),
    })
    return changed
  }

  *#someOfAll(condition: string, change: (some: string) => void): Steps {
    const next = `SELECT seq FROM documents WHERE ${condition} AND seq > ? ORDER BY seq ${LIMIT}`
    for (let last = 0; ; ) {
      const some = this.#connection.all<{ seq: number }>(next, last, CHANGED_AT_ONCE)
      if (some.length === 0) return
      change(JSON.stringify(some.map(({ seq }) => seq)))
      last = some.at(-1)?.seq ?? last
      yield
    }
  }

  /** As a list in JSON. */
  #othersAtWork(owner: string): string {
    const now = performance.now()
    const running = [...this.#leases].filter(([name, end]) => name !== owner && end > now)
    return JSON.stringify(running.map(([name]) => name))
  }

  /**
   * Behind the others, in the order in which they were taken in, and with nothing against them; but
   * what has ended a process twice is given up when it does so once more.
   */
  #requeue(condition: string, ...values: string[]): number {
    return this.#connection.run(
      `UPDATE documents SET status = 'pending', error_msg = NULL, blame = 0, next_attempt_at = 0,
         deaths = min(deaths, 1), place = ? + seq, updated_at = ?
       WHERE ${condition}`,
      lastPlace(this.#connection),
      Date.now(),
      ...values,
    )
  }
}
