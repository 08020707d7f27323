import { applyBeside } from '../merge/apply-beside.ts'
import type { ChangeParts } from '../merge/ask-models.ts'
import { changeParts } from '../merge/change-parts.ts'
import { prepareChange } from '../merge/prepare-change.ts'
import { attemptBy, type PublishParts } from '../pipeline/publish-document.ts'
import type { Change } from '../ports/change.ts'
import type { CallOptions } from '../ports/models.ts'
import { forgetAnswers } from './forget-answers.ts'

export interface DeletionParts extends PublishParts {
  /** Deletes the file of a document from the folder that it was taken in from. */
  readonly deleteInputFile: (documentId: string) => Promise<void>
}

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

  isAnyScheduled(): Promise<boolean> {
    return this.#parts.store.queue.isAnyDeletionScheduled()
  }

  async includes(documentId: string): Promise<boolean> {
    return (await this.#parts.store.queue.scheduledDeletion(documentId)) !== null
  }

  /**
   * Deletes a document whose deletion was scheduled, and everything that only it said; what it shared
   * with others is computed again from what they say. It waits for no model: what one would have to say
   * of the rest is made good later.
   *
   * @returns the file path of the document, or null when none of this id is to be deleted
   */
  async run(documentId: string, signal?: AbortSignal): Promise<string | null> {
    const parts = this.#parts
    const { store, uploads } = parts
    const options: CallOptions = { lane: 'summary', signal }
    const making = changeParts(parts, attemptBy(parts, options))
    const removes = [{ documentId, forget: true }]
    let filePath: string | null = null
    let storedFile: string | null = null
    const prepare = async (making: ChangeParts) => {
      // Each time anew: it may be gone, and its id that of a newcomer with the same text.
      const scheduled = await store.queue.scheduledDeletion(documentId)
      const document = scheduled && (await store.documents.byId(documentId))
      if (!scheduled || !document) return null
      if (scheduled.forgetAnswers) await forgetAnswers(parts, [documentId], signal)
      if (scheduled.deleteFiles) await parts.deleteInputFile(documentId)
      ;({ filePath, storedFile } = document)
      return prepareChange(making, removes, null, options)
    }
    const make = async (change: Change | null) => {
      if (change !== null) await store.graph.apply(change)
      return change !== null
    }
    if (!(await applyBeside(making, prepare, make, signal))) return null
    // The bytes of an upload have no name of the caller's; nobody could find them again.
    if (storedFile !== null) await uploads.remove(storedFile)
    return filePath
  }

  /** Deletes a document at once if that was scheduled. Returns whether it was. */
  async runEarly(documentId: string): Promise<boolean> {
    if (!(await this.includes(documentId))) return false
    await this.run(documentId)
    return true
  }
}
