import { randomUUID } from 'node:crypto'
import { EngineError } from '../errors.ts'
import type { InsertFile, InsertResponse, ScanStarted, ScanStatus } from '../rag.ts'
import type { DocumentRecord, Store } from '../store.ts'
import { extensionOf } from './file-name.ts'
import { contentHash, fileDocumentId, newTrackId } from './identifiers.ts'
import { InputFolder } from './input-folder.ts'
import type { BackgroundJobs } from './pipeline.ts'
import { ScanJob } from './scan-job.ts'

export interface ScannerParts {
  readonly store: Pick<
    Store,
    'documentByPath' | 'documentsByTrack' | 'enqueue' | 'requeueFailed' | 'setStatus'
  >
  readonly inputDir: string
  /** Of the files that can be read. */
  readonly extensions: readonly string[]
  readonly insertFile: (
    input: InsertFile,
    content: AsyncIterable<Uint8Array>,
    trackId: string,
  ) => Promise<InsertResponse>
  /** Called after documents were put back to pending. */
  readonly onQueued: () => void
  readonly background: BackgroundJobs
  readonly onError: (message: string, error: unknown) => void
}

const MOST_JOBS = 50

/**
 * Takes in what people put into the input folder: one scan at a time, in the background.
 *
 * A file that was taken in is moved into a folder beside it. One that cannot be taken in stays where
 * it is and leaves a failed document; the next scan tries it again, and every other failed document
 * with it.
 */
export class Scanner {
  readonly #parts: ScannerParts
  readonly #folder: InputFolder
  readonly #jobs = new Map<string, ScanJob>()
  readonly #abort = new AbortController()
  #running: { readonly job: ScanJob; readonly done: Promise<void> } | null = null

  constructor(parts: ScannerParts) {
    this.#parts = parts
    this.#folder = new InputFolder(parts.inputDir)
  }

  start(): ScanStarted {
    if (this.#running) {
      const message = 'A scan of the input folder is under way already.'
      const track_id = this.#running.job.trackId
      return { status: 'scanning_skipped_pipeline_busy', message, track_id }
    }
    const job = new ScanJob(newTrackId('scan'))
    this.#remember(job)
    const done = this.#run(job).finally(() => {
      this.#running = null
    })
    this.#running = { job, done }
    const message = 'The input folder is read in the background.'
    return { status: 'scanning_started', message, track_id: job.trackId }
  }

  /** @throws {EngineError} `scan_not_found` */
  async status(trackId: string): Promise<ScanStatus> {
    const job = this.#jobs.get(trackId)
    if (job) return job.status()
    const documents = trackId.startsWith('scan_')
      ? await this.#parts.store.documentsByTrack(trackId)
      : []
    if (documents.length === 0) {
      throw new EngineError('scan_not_found', 'No scan of this track id is known.')
    }
    return fromDocuments(trackId, documents)
  }

  idle(): Promise<void> {
    return this.#running?.done ?? Promise.resolve()
  }

  /** Stops after the file that is being taken in. */
  async close(): Promise<void> {
    this.#abort.abort(new EngineError('engine_closed', 'The workspace is closing.'))
    await this.idle()
  }

  async #run(job: ScanJob): Promise<void> {
    try {
      const { names, others } = await this.#folder.list(this.#parts.extensions)
      const known = new Map<string, DocumentRecord | null>()
      for (const name of names) known.set(name, await this.#parts.store.documentByPath(name))
      // After the look at what is known: who was failed until now gives way to his file.
      if ((await this.#parts.store.requeueFailed(null)) > 0) this.#parts.onQueued()
      for (const name of names) {
        if (this.#abort.signal.aborted) break
        job.say(`Taking in ${name}`)
        await this.#parts.background(
          () => this.#take(job, name, known.get(name) ?? null),
          this.#abort.signal,
        )
      }
      const { processed, warning, error } = job.counts
      const left = others === 0 ? '' : ` ${others} file(s) of other types stay where they are.`
      const told = `${processed} file(s) taken in, ${warning} left alone, ${error} failed.${left}`
      job.end(this.#abort.signal.aborted ? 'cancelled' : 'completed', told)
    } catch (error) {
      const closing = this.#abort.signal.aborted
      if (!closing) this.#parts.onError('A scan of the input folder failed', error)
      if (closing) job.end('cancelled', 'The workspace was closed.')
      else job.end('failed', 'The input folder could not be read to its end.')
    }
  }

  async #take(job: ScanJob, name: string, known: DocumentRecord | null): Promise<void> {
    if (known && known.status !== 'failed') {
      job.count('warning', name, 'a document of this name is here already')
      return
    }
    try {
      const reply = await this.#parts.insertFile(
        { file_name: name, on_conflict: known ? 'replace' : 'keep' },
        this.#folder.read(name),
        job.trackId,
      )
      if (reply.status === 'duplicated') {
        job.count('warning', name, reply.message)
        return
      }
      job.count('processed', name)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      job.count('error', name, error.message)
      await this.#recordFailure(name, error.message, job.trackId)
      return
    }
    await this.#folder.putAway(name).catch(() => {
      job.count('warning', name, 'it is taken in, but could not be moved away')
    })
  }

  async #recordFailure(name: string, reason: string, trackId: string): Promise<void> {
    const id = fileDocumentId(contentHash(reason), name)
    await this.#parts.store.enqueue(
      [
        {
          id,
          filePath: name,
          trackId,
          contentSummary: reason.slice(0, 250),
          contentLength: 0,
          contentHash: contentHash(`${name}\u0000${reason}`),
          metadata: { error_type: 'file_extraction_error' },
          text: null,
          // Names no bytes, so that whoever processes it before its status is set fails as well.
          storedFile: `${randomUUID()}${extensionOf(name)}`,
        },
      ],
      { onConflict: 'replace' },
    )
    const recorded = await this.#parts.store.documentByPath(name)
    if (recorded === null) return
    await this.#parts.store.setStatus(recorded.id, recorded.revision, 'failed', reason)
  }

  #remember(job: ScanJob): void {
    this.#jobs.set(job.trackId, job)
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= MOST_JOBS) break
      this.#jobs.delete(oldest)
    }
  }
}

/** What can still be told of a scan after a restart. */
function fromDocuments(trackId: string, documents: readonly DocumentRecord[]): ScanStatus {
  const times = documents.map((document) => document.createdAt / 1000)
  return {
    track_id: trackId,
    status: 'completed',
    counts: { processed: documents.length, warning: 0, error: 0 },
    counts_dropped: 0,
    samples: {},
    created_at: Math.min(...times),
    updated_at: Math.max(...times),
    version: 1,
    message: 'The details of this scan are gone; these are the documents that it left.',
  }
}
