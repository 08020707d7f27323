import { type DeletionParts, deletePromised } from './delete-documents.ts'

/**
 * Deletions that were promised. Who puts a document in the place of one that is to go has that
 * deletion done first, so that it cannot take the new text with it.
 */
export class PromisedDeletions {
  readonly #parts: DeletionParts

  constructor(parts: DeletionParts) {
    this.#parts = parts
  }

  /** In the order in which they were promised. */
  list(): Promise<string[]> {
    return this.#parts.store.queue.promisedDeletions()
  }

  async includes(documentId: string): Promise<boolean> {
    return (await this.#parts.store.queue.promisedDeletion(documentId)) !== null
  }

  /** Deletes a document; null when it was gone, or is not to be deleted any more. */
  keep(documentId: string, signal?: AbortSignal): Promise<string | null> {
    return deletePromised(this.#parts, documentId, signal)
  }

  /** Deletes a document at once if that was promised. Returns whether it was. */
  async keepEarly(documentId: string): Promise<boolean> {
    if (!(await this.includes(documentId))) return false
    await this.keep(documentId)
    return true
  }
}
