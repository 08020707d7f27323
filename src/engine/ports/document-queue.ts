import type {
  AttemptEnd,
  DeathCount,
  DocumentRecord,
  EnqueueOptions,
  EnqueueOutcome,
  InterruptedDocument,
  NewDocument,
} from './document-record.ts'

/** The work that documents wait for. Resolved means durable: written and synced. */
export interface DocumentQueue {
  /**
   * Takes documents in, each as `pending` unless it failed already, all or none: what a failure or a
   * crash leaves of new ones is taken back, and nobody has seen it. What was replaced by then stays
   * replaced.
   */
  enqueue(documents: readonly NewDocument[], options: EnqueueOptions): Promise<EnqueueOutcome[]>
  /**
   * The first pending document of the queue whose time has come and that is not to be deleted, now
   * `processing` with one attempt more; null when there is none.
   *
   * @param owner who takes it up, such as a process
   * @param leaseMs how long all that the owner has in work is nobody else's, from now on
   */
  claim(owner: string, leaseMs: number): Promise<DocumentRecord | null>
  /** Puts the end of an owner's lease off, to so long from now. */
  renew(owner: string, leaseMs: number): Promise<void>
  /** Notes what is begun with a document in `processing`; outlives this process. */
  beginStep(documentId: string, step: string): Promise<void>
  /**
   * Keeps the text that was read from a document's file. False when the document is gone, or is
   * another revision by now.
   */
  setText(
    documentId: string,
    revision: number,
    text: { text: string; contentHash: string; contentSummary: string; contentLength: number },
  ): Promise<boolean>
  /**
   * Ends an attempt without a commit. Does nothing for another revision, nor for what another owner
   * has claimed since.
   *
   * @param owner of the attempt; null for whoever had it
   */
  endAttempt(
    documentId: string,
    revision: number,
    end: AttemptEnd,
    owner: string | null,
  ): Promise<void>
  /** Puts failed documents (all, or these) back to `pending`, behind the others; returns how many. */
  requeueFailed(documentIds: readonly string[] | null): Promise<number>
  /** Puts a processed document back to `pending`; what is visible of it stays. False for others. */
  requeueProcessed(documentId: string): Promise<boolean>

  /** How many documents wait in `pending`. */
  pendingCount(): Promise<number>
  /** When the next of those comes due that wait for another attempt, in milliseconds; else null. */
  nextAttemptAt(): Promise<number | null>
  /** Has all that wait for another attempt come due now; returns how many. */
  hurry(): Promise<number>
  /** How many documents stand before each of these in the queue; pending ones only. */
  positions(documentIds: readonly string[]): Promise<Map<string, number>>
  /**
   * What is in `processing` and nobody's any more: the owner's own, and that of others whose leases
   * have run out.
   *
   * @param owner who is about to recover it, and has nothing in work
   */
  interrupted(owner: string): Promise<InterruptedDocument[]>
  /**
   * Puts such documents back to `pending`; those that count as the cause of a crash behind the others,
   * or to `failed`. Returns how many.
   */
  recover(owner: string, counted?: ReadonlyMap<string, DeathCount>): Promise<number>

  /**
   * That documents go; a crash does not forget it. Returns those that are here, in order, scheduled
   * before or not.
   */
  scheduleDeletion(
    documentIds: readonly string[],
    how: Omit<ScheduledDeletion, 'documentId'>,
  ): Promise<DocumentRecord[]>
  /** In the order in which they were scheduled; a forgotten document is no longer among them. */
  scheduledDeletions(): Promise<string[]>
  isAnyDeletionScheduled(): Promise<boolean>
  scheduledDeletion(documentId: string): Promise<ScheduledDeletion | null>
  /** That all documents go; clearing the graph keeps it. */
  scheduleClearing(): Promise<void>
  isClearingScheduled(): Promise<boolean>
}

/** That a document is to go. */
export interface ScheduledDeletion {
  readonly documentId: string
  /** Whether what models answered about it goes too. */
  readonly forgetAnswers: boolean
  /** Whether its file in the input folder goes too. */
  readonly deleteFiles: boolean
}
