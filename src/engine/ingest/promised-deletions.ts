import { deletePromised } from './delete-documents.ts'
import type { PublishParts } from './publish-document.ts'

/**
 * Deletions that were promised and wait for the pipeline. Who puts a document in the place of one
 * that is to go has that deletion done first, so that it cannot take the new text with it.
 */
export class PromisedDeletions {
  readonly #parts: PublishParts

  constructor(parts: PublishParts) {
    this.#parts = parts
  }

  /** In the order in which they were promised. */
  list(): Promise<string[]> {
    return this.#parts.store.scheduledDeletions()
  }

  includes(documentId: string): Promise<boolean> {
    return this.#parts.store.isDeletionScheduled(documentId)
  }

  /** Deletes a document; null when it was gone, or is not to be deleted any more. */
  keep(documentId: string): Promise<string | null> {
    return deletePromised(this.#parts, documentId)
  }

  /**
   * Deletes a document at once if that was promised. Returns whether it was.
   *
   * @throws {ModelUnavailable} when the rest of the graph cannot be described without its model
   */
  async keepEarly(documentId: string): Promise<boolean> {
    if (!(await this.includes(documentId))) return false
    await this.keep(documentId)
    return true
  }
}
