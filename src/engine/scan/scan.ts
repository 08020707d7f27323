import { randomUUID } from 'node:crypto'
import type {
  InsertFile,
  InsertResponse,
  ScanStarted,
  ScanStatus,
} from '../documents/document-calls.ts'
import { extensionOf } from '../documents/file-name.ts'
import { contentHash, fileDocumentId, newTrackId } from '../documents/identifiers.ts'
import type { BackgroundJobs } from '../pipeline/pipeline.ts'
import type { DocumentCursor, DocumentRecord } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { EngineFiles, InputPlace } from '../ports/files.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import { keptName } from '../text/kept-name.ts'
import { timerMs } from '../work/timer-ms.ts'
import { ScanJob } from './scan-job.ts'
import { isAsSeen, isScanned } from './scanned-file.ts'

export interface ScannerParts {
  readonly store: Pick<Store, 'documents' | 'queue'>
  readonly files: Pick<EngineFiles, 'inputs' | 'scans'>
  readonly settings: ScanSettings
  /** Of the files that can be read. */
  readonly extensions: readonly string[]
  readonly insertFile: (
    input: InsertFile,
    content: AsyncIterable<Uint8Array>,
    trackId: string,
    folder: InputPlace,
  ) => Promise<InsertResponse>
  /** Parts with documents whose files are gone. */
  readonly part: (documents: readonly DocumentRecord[], how: 'disable' | 'delete') => Promise<void>
  /** Called after documents were put back to pending. */
  readonly onQueued: () => void
  readonly background: BackgroundJobs
  readonly onError: (message: string, error: unknown) => void
}

const MOST_JOBS = 50
const PAGE = 1000

export type ScanSettings = Pick<EngineSettings, 'scanFiles' | 'scanGone' | 'scanWatchMs'>

interface Running {
  readonly job: ScanJob
  readonly stop: AbortController
}

/**
 * Takes in what people put into the input folder: one scan at a time, in the background.
 *
 * A file that was taken in is moved into a folder beside it, or stays and is looked at again by every
 * scan, as the settings have it. One that cannot be taken in stays where it is and leaves a failed
 * document; the next scan tries it again, and every other failed document with it.
 */
export class Scanner {
  readonly #parts: ScannerParts
  readonly #jobs = new Map<string, ScanJob>()
  readonly #abort = new AbortController()
  #running: Running | null = null
  #watching: NodeJS.Timeout | undefined
  /** Of all scans, with their last records. */
  #done: Promise<unknown> = Promise.resolve()

  constructor(parts: ScannerParts) {
    this.#parts = parts
  }

  /** Scans again and again, if the settings say so, as long as the workspace is open. */
  watch(): void {
    const { scanWatchMs } = this.#parts.settings
    if (scanWatchMs <= 0 || this.#abort.signal.aborted) return
    this.#watching = setTimeout(() => {
      this.start({ triesFailed: false })
      this.watch()
    }, timerMs(scanWatchMs)).unref()
  }

  /** @param triesFailed whether documents that have failed are tried again, which models are paid for */
  start({ triesFailed = true }: { readonly triesFailed?: boolean } = {}): ScanStarted {
    if (this.#running) {
      const message = 'A scan of the input folder is under way already.'
      const track_id = this.#running.job.trackId
      return { status: 'scanning_skipped_pipeline_busy', message, track_id }
    }
    const job = new ScanJob(newTrackId('scan'))
    this.#remember(job)
    const stop = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, stop.signal])
    const done = this.#record(job)
      .then(() => this.#run(job, signal, triesFailed))
      .finally(() => {
        this.#running = null
      })
      .then(() => this.#record(job))
    this.#running = { job, stop }
    this.#done = Promise.all([this.#done, done])
    const message = 'The input folder is read in the background.'
    return { status: 'scanning_started', message, track_id: job.trackId }
  }

  /** @throws {EngineError} `scan_not_found` */
  async status(trackId: string): Promise<ScanStatus> {
    const job = this.#jobs.get(trackId)
    if (job) return job.status()
    const record = await this.#parts.files.scans.find(trackId)
    if (record) return record
    const documents = trackId.startsWith('scan_')
      ? await this.#parts.store.documents.byTrack(trackId)
      : []
    if (documents.length === 0) {
      throw new EngineError('scan_not_found', 'No scan of this track id is known.')
    }
    return fromDocuments(trackId, documents)
  }

  /** Ends the scan under way after the file that is being taken in; false when there is none. */
  cancel(): boolean {
    this.#running?.stop.abort(new EngineError('pipeline_busy', 'User cancelled'))
    return this.#running !== null
  }

  /** Deletes the files of these documents from the input folder, taken in or not. */
  async deleteFiles(documentIds: readonly string[]): Promise<void> {
    const { store } = this.#parts
    for (const id of documentIds) {
      const document = await store.documents.byId(id)
      if (document === null) continue
      // A text may have any path for its source; only a file that came from a folder lies in one.
      if (document.filePath.includes('/') && document.storedFile === null) continue
      const belongsToOther = async (name: string) =>
        keptName(name) !== document.filePath &&
        (await store.documents.byPath(keptName(name))) !== null
      await this.#parts.files.inputs.remove(document.filePath, belongsToOther)
    }
  }

  async idle(): Promise<void> {
    await this.#done
  }

  /** Stops after the file that is being taken in. */
  async close(): Promise<void> {
    clearTimeout(this.#watching)
    this.#abort.abort(new EngineError('engine_closed', 'The workspace is closing.'))
    await this.idle()
  }

  async #run(job: ScanJob, signal: AbortSignal, triesFailed: boolean): Promise<void> {
    try {
      const { names, others } = await this.#parts.files.inputs.list(this.#parts.extensions)
      const known = new Map<string, DocumentRecord | null>()
      for (const name of names) {
        known.set(name, await this.#parts.store.documents.byPath(keptName(name)))
      }
      // After the look at what is known: a document that had failed until now gives way to its file.
      if (triesFailed && (await this.#parts.store.queue.requeueFailed(null)) > 0) {
        this.#parts.onQueued()
      }
      const gone = await this.#gone(names)
      for (const name of names) {
        if (signal.aborted) break
        job.say(`Taking in ${name}`)
        await this.#parts.background(
          () => this.#take(job, name, known.get(name) ?? null, signal),
          signal,
        )
      }
      if (!signal.aborted) await this.#partWith(job, gone)
      const { processed, warning, error } = job.counts
      const left = others === 0 ? '' : ` ${others} file(s) of other types stay where they are.`
      const told = `${processed} file(s) taken in, ${warning} left alone, ${error} failed.${left}`
      job.end(signal.aborted ? 'cancelled' : 'completed', told)
    } catch (error) {
      if (signal.aborted) {
        const closing = this.#abort.signal.aborted
        job.end('cancelled', closing ? 'The workspace was closed.' : 'Cancelled.')
        return
      }
      this.#parts.onError('A scan of the input folder failed', error)
      const why = error instanceof EngineError ? ` ${error.message}` : ''
      job.end('failed', `The input folder could not be read to its end.${why}`)
    }
  }

  async #take(
    job: ScanJob,
    name: string,
    known: DocumentRecord | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { inputs } = this.#parts.files
    const stays = this.#parts.settings.scanFiles === 'keep'
    if (known && known.status !== 'failed' && !(stays && isScanned(known))) {
      job.count('warning', name, 'a document of this name is here already')
      return
    }
    try {
      const look = stays ? await inputs.look(name) : null
      if (look && known && isAsSeen(known, look) && known.status !== 'failed') return
      const slash = name.lastIndexOf('/')
      const reply = await this.#parts.insertFile(
        { file_name: name.slice(slash + 1), on_conflict: known ? 'replace' : 'keep' },
        inputs.read(name, signal),
        job.trackId,
        { folder: name.slice(0, Math.max(0, slash)), look },
      )
      if (reply.status === 'duplicated') {
        if (!known || !stays) job.count('warning', name, reply.message)
        return
      }
      job.count('processed', name)
    } catch (error) {
      if (signal.aborted || !(error instanceof EngineError) || isOutage(error)) throw error
      job.count('error', name, error.message)
      await this.#recordFailure(name, error.message, job.trackId)
      return
    }
    if (stays) return
    await inputs.putAway(name).catch(() => {
      job.count('warning', name, 'it is taken in, but could not be moved away')
    })
  }

  /** Documents of files that were here and are not any more. */
  async #gone(names: readonly string[]): Promise<DocumentRecord[]> {
    const { store, settings } = this.#parts
    // An empty folder is rather one that is not mounted.
    if (settings.scanFiles !== 'keep' || names.length === 0) return []
    const here = new Set(names.map(keptName))
    const gone: DocumentRecord[] = []
    const order = { statuses: null, sortField: 'id', sortDirection: 'asc', offset: 0 } as const
    for (let after: DocumentCursor | undefined; ; ) {
      const { documents } = await store.documents.list({ ...order, after, limit: PAGE })
      for (const one of documents) {
        if (isScanned(one) && !here.has(one.filePath)) gone.push(one)
      }
      const last = documents.at(-1)
      if (last === undefined || documents.length < PAGE) return gone
      after = { value: last.id, id: last.id }
    }
  }

  async #partWith(job: ScanJob, gone: readonly DocumentRecord[]): Promise<void> {
    const { scanGone } = this.#parts.settings
    const words = { keep: 'kept', disable: 'disabled', delete: 'deleted' }[scanGone]
    const left = gone.filter(({ annotations }) => scanGone !== 'disable' || annotations.enabled)
    for (const { filePath } of left) job.count('warning', filePath, `its file is gone; ${words}`)
    if (scanGone !== 'keep') await this.#parts.part(left, scanGone)
  }

  async #recordFailure(name: string, reason: string, trackId: string): Promise<void> {
    const id = fileDocumentId(contentHash(reason), name)
    await this.#parts.store.queue.enqueue(
      [
        {
          id,
          filePath: keptName(name),
          trackId,
          contentSummary: reason.slice(0, 250),
          contentLength: 0,
          contentHash: contentHash(`${name}\u0000${reason}`),
          metadata: { error_type: 'file_extraction_error' },
          text: null,
          failure: reason,
          // Names no bytes, so that whoever tries it again fails as well.
          storedFile: `${randomUUID()}${extensionOf(name)}`,
        },
      ],
      { onConflict: 'replace' },
    )
  }

  /** Without its record a scan is as good; it is only not known after a restart. */
  async #record(job: ScanJob): Promise<void> {
    await this.#parts.files.scans.save(job.status()).catch((error: unknown) => {
      this.#parts.onError('A scan could not be recorded', error)
    })
  }

  #remember(job: ScanJob): void {
    this.#jobs.set(job.trackId, job)
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= MOST_JOBS) break
      this.#jobs.delete(oldest)
    }
  }
}

/** No file is to blame: they stay where they are until the next scan. */
function isOutage({ code }: EngineError): boolean {
  return code === 'storage_full' || code === 'store_unavailable'
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
    created_at: times.reduce((a, b) => Math.min(a, b)),
    updated_at: times.reduce((a, b) => Math.max(a, b)),
    version: 1,
    message: 'The details of this scan are gone; these are the documents that it left.',
  }
}
