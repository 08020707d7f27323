import { deleteDocument } from './delete-documents.ts'
import type { PublishParts } from './publish-document.ts'

/**
 * Deletions that were promised and wait for the pipeline. Who puts a document in the place of one
 * that is to go has that deletion done first, so that it cannot take the new text with it.
 */
export class PromisedDeletions {
  readonly #parts: PublishParts
  /** Done ahead of the pipeline since its last list; by now such an id may be a new document's. */
  readonly #early = new Set<string>()

  constructor(parts: PublishParts) {
    this.#parts = parts
  }

  /** In the order in which they were promised. */
  list(): Promise<string[]> {
    this.#early.clear()
    return this.#parts.store.scheduledDeletions()
  }

  async includes(documentId: string): Promise<boolean> {
    return (await this.#parts.store.scheduledDeletions()).includes(documentId)
  }

  /** Deletes a document of the last list; null when it was gone. */
  async keep(documentId: string): Promise<string | null> {
    return this.#early.has(documentId) ? null : deleteDocument(this.#parts, documentId)
  }

  /**
   * Deletes a document at once if that was promised. Returns whether it was.
   *
   * @throws {ModelUnavailable} when the rest of the graph cannot be described without its model
   */
  async keepEarly(documentId: string): Promise<boolean> {
    if (!(await this.includes(documentId))) return false
    this.#early.add(documentId)
    try {
      await deleteDocument(this.#parts, documentId)
      return true
    } catch (error) {
      this.#early.delete(documentId)
      throw error
    }
  }
}
