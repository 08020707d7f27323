import { type DeletionParts, deleteScheduled } from './delete-documents.ts'

/**
 * Deletions that were scheduled. A document that takes the place of one that is to go has that
 * deletion done first, so that it cannot take the new text with it.
 */
export class ScheduledDeletions {
  readonly #parts: DeletionParts

  constructor(parts: DeletionParts) {
    this.#parts = parts
  }

  /** In the order in which they were scheduled. */
  list(): Promise<string[]> {
    return this.#parts.store.queue.scheduledDeletions()
  }

  async includes(documentId: string): Promise<boolean> {
    return (await this.#parts.store.queue.scheduledDeletion(documentId)) !== null
  }

  /** Deletes a document; null when it was gone, or is not to be deleted any more. */
  run(documentId: string, signal?: AbortSignal): Promise<string | null> {
    return deleteScheduled(this.#parts, documentId, signal)
  }

  /** Deletes a document at once if that was scheduled. Returns whether it was. */
  async runEarly(documentId: string): Promise<boolean> {
    if (!(await this.includes(documentId))) return false
    await this.run(documentId)
    return true
  }
}
