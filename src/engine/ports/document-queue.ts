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
  /** Takes documents in, each as `pending` unless it failed already, all or none. */
  enqueue(documents: readonly NewDocument[], options: EnqueueOptions): Promise<EnqueueOutcome[]>
  /**
   * The first pending document of the queue whose time has come and that is not to be deleted, now
   * `processing` with one attempt more; null when there is none.
   *
   * @param life of the process that takes it up
   */
  claim(life?: string): Promise<DocumentRecord | null>
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
  /** Ends an attempt without a commit. Does nothing for another revision. */
  endAttempt(documentId: string, revision: number, end: AttemptEnd): Promise<void>
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
  /** The documents that a process left in `processing`. */
  interrupted(): Promise<InterruptedDocument[]>
  /**
   * Puts documents that a crash left in `processing` back to `pending`; those that count as its cause
   * behind the others, or to `failed`.
   */
  recover(counted?: ReadonlyMap<string, DeathCount>): Promise<number>

  /**
   * That documents go; a crash does not forget it. Returns those that are here, in order, promised
   * before or not.
   */
  promiseDeletion(
    documentIds: readonly string[],
    how: Omit<PromisedDeletion, 'documentId'>,
  ): Promise<DocumentRecord[]>
  /** In the order in which they were promised; a forgotten document is no longer among them. */
  promisedDeletions(): Promise<string[]>
  promisedDeletion(documentId: string): Promise<PromisedDeletion | null>
  /** That all documents go; clearing the graph keeps it. */
  promiseClearing(): Promise<void>
  isClearingPromised(): Promise<boolean>
}

/** That a document is to go. */
export interface PromisedDeletion {
  readonly documentId: string
  /** Whether what models answered about it goes too. */
  readonly forgetAnswers: boolean
  /** Whether its file in the input folder goes too. */
  readonly deleteFiles: boolean
}
