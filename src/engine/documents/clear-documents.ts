import type { PublishParts } from '../pipeline/publish-document.ts'
import type { Store } from '../ports/store.ts'

const PAGE = 1_000

export interface ClearingParts extends Pick<PublishParts, 'store' | 'uploads'> {
  /** Ends what is being done with documents that are all to go. */
  readonly endWork: () => void
}

/**
 * A clearing that was scheduled: all documents go, with the bytes of those that came as files. Nothing
 * may be taken in until it is done; files that are being received belong to no document yet and stay.
 */
export class ScheduledClearing {
  readonly #parts: ClearingParts
  #isScheduled = false

  constructor(parts: ClearingParts) {
    this.#parts = parts
  }

  /** Reads whether it was scheduled before a crash. */
  async load(): Promise<void> {
    this.#isScheduled = await this.#parts.store.queue.isClearingScheduled()
  }

  /** Resolved means durable. */
  async schedule(): Promise<void> {
    await this.#parts.store.queue.scheduleClearing()
    this.#isScheduled = true
  }

  /** Does it if it is scheduled. Nothing may be taken in meanwhile. Returns whether it was. */
  async run(): Promise<boolean> {
    if (!this.#isScheduled) return false
    const { store, uploads, endWork } = this.#parts
    endWork()
    // The files first: after a crash in the middle nothing but the documents tells which ones they are.
    for (const file of await storedFiles(store)) await uploads.remove(file)
    await store.graph.exclusively(() => store.graph.clear())
    this.#isScheduled = false
    return true
  }
}

async function storedFiles(store: Store): Promise<string[]> {
  const files: string[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { documents } = await store.documents.list({
      statuses: null,
      sortField: 'id',
      sortDirection: 'asc',
      offset,
      limit: PAGE,
    })
    for (const { storedFile } of documents) if (storedFile) files.push(storedFile)
    if (documents.length < PAGE) return files
  }
}
