import { randomUUID } from 'node:crypto'
import { AttachedDocuments } from '../documents/attached-documents.ts'
import type {
  ChosenResult,
  DeleteChosen,
  RetryDocuments,
} from '../documents/chosen/chosen-calls.ts'
import { actOnChosen } from '../documents/chosen/chosen-documents.ts'
import { ScheduledClearing } from '../documents/clear-documents.ts'
import type {
  ClearDocumentsResponse,
  DeleteDocuments,
  DeleteDocumentsResponse,
  DocStatusResponse,
  PipelineStatus,
} from '../documents/document-calls.ts'
import { requeueSetAside } from '../documents/documents.ts'
import { Intake } from '../documents/intake.ts'
import { NamedDocuments } from '../documents/named-documents.ts'
import { ScheduledDeletions } from '../documents/scheduled-deletions.ts'
import { AttemptCaches } from '../merge/attempt-cache.ts'
import { embedPending } from '../merge/embed-pending.ts'
import type { DocumentRecord } from '../ports/document-record.ts'
import { EngineError, ModelUnavailable } from '../ports/engine-error.ts'
import { ModelHealth } from '../ports/model-health.ts'
import type { CallOptions } from '../ports/models.ts'
import type { DegradedReason } from '../rag.ts'
import { outlineDocuments } from '../read/outline-documents.ts'
import { Scanner } from '../scan/scan.ts'
import { degradedReasons } from './degraded-reasons.ts'
import { DeletionRunner } from './deletion-runner.ts'
import { DocumentProgress, showProgress } from './document-progress.ts'
import type { DocumentWorkParts } from './document-work-parts.ts'
import { modelOutages } from './model-outages.ts'
import { isStoreOut, Pipeline, type WorkOptions } from './pipeline.ts'
import type { WorkCourse } from './pipeline-event.ts'
import { PipelineLog } from './pipeline-log.ts'
import { type PublishParts, publishDocument } from './publish-document.ts'
import { recoverInterrupted } from './recover-interrupted.ts'
import { WorkLease } from './work-lease.ts'

/** All that is done with documents: taken in, processed, deleted, and found in the input folder. */
export class DocumentWork {
  readonly publish: PublishParts
  readonly intake: Intake
  readonly scanner: Scanner
  readonly #parts: DocumentWorkParts
  readonly #attached: AttachedDocuments
  readonly #log = new PipelineLog()
  readonly #pipeline: Pipeline
  readonly #deletionRunner: DeletionRunner
  readonly #clearing: ScheduledClearing
  readonly #refusedVectors = new Map<string, number>()
  readonly #lease: WorkLease
  readonly #inWork = new Map<string, DocumentProgress>()

  constructor(parts: DocumentWorkParts) {
    const { store, models, settings, fileReader, background, onEvent, onError } = parts
    this.#parts = parts
    const checks = models.checks ?? { llm: unchecked(), embedding: unchecked() }
    const owner = parts.watch.life || randomUUID()
    this.#lease = new WorkLease({
      queue: store.queue,
      owner,
      isAtWork: () => this.#pipeline.busy,
      onError,
    })
    this.publish = {
      store,
      owner,
      models,
      checks,
      settings,
      uploads: parts.files.uploads,
      fileReader,
      cutter: parts.cutter,
      answers: new AttemptCaches(),
      graphBounds: parts.graphBounds,
      room: parts.room,
      takeAttached: (...file) => this.#attached.take(...file),
    }
    const deletions = new ScheduledDeletions({
      ...this.publish,
      deleteInputFile: (id) => this.scanner.deleteFiles([id]),
    })
    this.#pipeline = new Pipeline({
      claim: () => this.#lease.claim(),
      pendingCount: () => store.queue.pendingCount(),
      nextAttemptAt: () => store.queue.nextAttemptAt(),
      process: (...work) => this.#process(...work),
      endAttempt: ({ id, revision }, end) => store.queue.endAttempt(id, revision, end, owner),
      tidy: async (options) => {
        await this.#embedPending(options)
        await this.#outlineDocuments(options)
      },
      models: modelOutages(checks),
      background,
      putOffMs: parts.putOffMs,
      maxParallelInsert: settings.maxParallelInsert,
      retryPaceMs: settings.retryPaceMs,
      log: this.#log,
      onEvent,
      onError,
    })
    this.#deletionRunner = new DeletionRunner({
      scheduled: () => deletions.list(),
      run: (id, signal) => deletions.run(id, signal),
      background,
      log: this.#log,
      isLogInUse: () => this.#pipeline.busy,
      onEvent,
      onError,
    })
    this.#clearing = new ScheduledClearing({
      ...this.publish,
      endWork: () => {
        this.#pipeline.drop()
        this.#deletionRunner.interrupt()
      },
    })
    const onQueued = (trackId: string | null = null, count = 0) => {
      if (count > 0) parts.onEvent({ type: 'queued', trackId, count })
      this.#deletionRunner.wake()
      this.#pipeline.wake()
    }
    this.intake = new Intake({
      store,
      settings,
      uploads: this.publish.uploads,
      fileReader,
      room: parts.room,
      deletions,
      runClearing: () => this.#clearing.run(),
      onQueued,
    })
    this.#attached = new AttachedDocuments({
      ...this.publish,
      maxUploadBytes: settings.maxUploadBytes,
      alone: (job) => this.intake.alone(job),
      onQueued,
    })
    this.scanner = new Scanner({
      store,
      files: parts.files,
      extensions: fileReader.extensions,
      settings,
      insertFile: (...file) => this.intake.insertFile(...file),
      part: (documents, how) => this.#part(documents, how),
      onQueued,
      background,
      onError,
    })
  }

  /** Takes up what the end of a process has interrupted, and what was scheduled. */
  async open(): Promise<void> {
    await this.publish.uploads.removeUnfinished()
    await recoverInterrupted(this.publish, this.#parts)
    await this.#clearing.load()
    await this.#clear().catch((error: unknown) => {
      if (!isStoreOut(error)) throw error
      this.#parts.onError('The scheduled clearing is not done yet', error)
    })
    await this.goOn()
    this.scanner.watch()
  }

  get busy(): boolean {
    return this.#pipeline.busy || this.#deletionRunner.busy
  }

  status(): PipelineStatus {
    return this.#log.status({
      busy: this.busy,
      requestPending: this.#pipeline.requestPending,
      cancellationRequested: this.#pipeline.cancelling,
    })
  }

  /** What keeps documents from being worked on. */
  reasons(): Promise<DegradedReason[]> {
    return degradedReasons(this.publish.checks, this.publish.room)
  }

  /** How many documents are worked on or wait for it; 0 while nothing is under way. */
  async stillProcessing(): Promise<number> {
    if (!this.busy) return 0
    const { pending, processing } = await this.publish.store.documents.statusCounts()
    return pending + processing
  }

  /** Those that are not done yet, with how far they have come. */
  withProgress(documents: readonly DocStatusResponse[]): Promise<DocStatusResponse[]> {
    return showProgress(this.publish.store.queue, this.#inWork, documents)
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.scanner.idle()
    while (this.busy) {
      await this.#deletionRunner.idle()
      await this.#pipeline.idle()
    }
  }

  async close(): Promise<void> {
    await this.scanner.close()
    await this.#deletionRunner.close()
    await this.#pipeline.close()
    this.#lease.end()
  }

  /** Takes up documents, or scheduled deletions, if some wait. */
  async goOn(): Promise<void> {
    const { store } = this.publish
    if (await store.queue.isAnyDeletionScheduled()) this.#deletionRunner.wake()
    const waits = (await store.queue.pendingCount()) > 0
    if (waits || (await store.documents.withoutOutlines(1)).length > 0) this.#pipeline.wake()
  }

  async retryChunks(documentId: string) {
    const response = await requeueSetAside(this.publish.store, documentId)
    if (response.status === 'retry_started') this.#pipeline.wake()
    return response
  }

  async reprocessFailed() {
    const { store } = this.publish
    const documents = (await store.queue.requeueFailed(null)) + (await store.queue.hurry())
    this.#parts.onEvent({ type: 'queued', trackId: null, count: documents })
    await this.goOn()
    return {
      status: 'reprocessing_started' as const,
      message: `${documents} document(s) that failed or wait are processed again in the background.`,
      track_id: '',
    }
  }

  async retryChosen(input: RetryDocuments): Promise<ChosenResult> {
    const { store } = this.publish
    const result = await actOnChosen(store, input, {
      refusal: (status) => (status === 'failed' ? null : `It is ${status}.`),
      apply: async (ids) => {
        await store.queue.requeueFailed(ids)
        return ids
      },
      mayBeAll: true,
      unfit: '',
    })
    if (result.accepted > 0 && !result.dry_run) {
      this.#parts.onEvent({ type: 'queued', trackId: null, count: result.accepted })
      await this.goOn()
    }
    return result
  }

  deleteChosen(input: DeleteChosen): Promise<ChosenResult> {
    const { delete_file, delete_llm_cache } = input
    return actOnChosen(this.publish.store, input, {
      refusal: () => null,
      apply: async (doc_ids) => {
        if (doc_ids.length === 0) return []
        return (await this.delete({ doc_ids, delete_file, delete_llm_cache })).taken
      },
      mayBeAll: false,
      unfit: 'It is gone by now.',
    })
  }

  async cancel() {
    const cancelled = [
      this.scanner.cancel(),
      this.#pipeline.cancel(),
      this.#deletionRunner.cancel(),
    ]
    return cancelled.includes(true)
      ? {
          status: 'cancellation_requested' as const,
          message: 'Processing stops; unfinished documents go back to pending.',
        }
      : { status: 'not_busy' as const, message: 'The pipeline is not busy.' }
  }

  /** Scheduled before it is answered: a crash after the answer takes nothing back. */
  async delete(input: DeleteDocuments): Promise<DeleteDocumentsResponse> {
    const named = await NamedDocuments.in(input)
    if (named.size === 0) {
      throw new EngineError(
        'invalid_argument',
        'Name documents by doc_ids, external_ids or file_paths.',
      )
    }
    const { store } = this.publish
    const { externalIds, filePaths } = named
    const ids = [
      ...new Set([...named.ids, ...(await store.documents.idsBy({ externalIds, filePaths }))]),
    ]
    const taken = await store.queue.scheduleDeletion(ids, {
      forgetAnswers: input.delete_llm_cache ?? false,
      deleteFiles: input.delete_file ?? false,
    })
    this.#pipeline.drop(taken.map(({ id }) => id))
    this.#deletionRunner.wake()
    const unknown = await named.notAmong(taken)
    const left = unknown.length === 0 ? '' : ` ${unknown.length} of what was named is not here.`
    return {
      status: 'deletion_started',
      message: `Deletion of ${taken.length} document(s) goes on in the background.${left}`,
      doc_id: ids.join(', '),
      taken: taken.map(({ id }) => id),
      not_found: unknown,
    }
  }

  /** Scheduled first, as each deletion is; then done, before anything else is taken in. */
  async clear(): Promise<ClearDocumentsResponse> {
    let scheduled = false
    try {
      await this.intake.alone(async () => {
        await this.#clearing.schedule()
        scheduled = true
        await this.#clear()
      })
      return { status: 'success', message: 'All documents are deleted.' }
    } catch (error) {
      if (!scheduled || !isStoreOut(error)) throw error
      const message =
        'All documents go as soon as the storage takes it; nothing is taken in before.'
      return { status: 'partial_success', message }
    }
  }

  /** With documents whose files are gone, as the settings have it. */
  async #part(documents: readonly DocumentRecord[], how: 'disable' | 'delete'): Promise<void> {
    const { store } = this.publish
    if (how === 'delete') {
      if (documents.length > 0) await this.delete({ doc_ids: documents.map(({ id }) => id) })
      return
    }
    const ids = documents.map(({ id }) => id)
    await store.documents.changeAnnotations(ids, () => ({ enabled: false }))
  }

  async #clear(): Promise<void> {
    if (!(await this.#clearing.run())) return
    this.#log.say('All documents are deleted.')
    this.#parts.onEvent({ type: 'cleared' })
  }

  async #process(
    document: DocumentRecord,
    options: WorkOptions,
    onCourse: (change: Partial<WorkCourse>) => void,
  ): Promise<void> {
    const { store, checks } = this.publish
    const { id, deaths } = document
    const hand = await this.#parts.watch.begin(id, deaths > 0, options.signal)
    const progress = new DocumentProgress(
      hand,
      (step) => {
        onCourse({ step })
        return store.queue.beginStep(id, step)
      },
      (now) => this.#parts.onEvent({ type: 'progress', document, ...now }),
    )
    this.#inWork.set(id, progress)
    try {
      await progress.begin('read')
      await publishDocument(this.publish, document, progress, options)
      // Whose calls nobody else watches.
      for (const { health, probe } of Object.values(checks)) if (!probe) health.answered()
    } finally {
      onCourse({ readerCpuMs: progress.readerCpuMs })
      if (this.#inWork.get(id) === progress) this.#inWork.delete(id)
      hand.end()
    }
  }

  /** An outage of the model leaves them pending; the next run tries again. */
  async #embedPending(options: CallOptions): Promise<void> {
    const parts = { ...this.publish, refused: this.#refusedVectors }
    await embedPending(parts, options).catch((error: unknown) => {
      if (error instanceof ModelUnavailable || options.signal?.aborted) return
      this.#parts.onError('Embedding what is pending failed', error)
    })
  }

  async #outlineDocuments(options: CallOptions): Promise<void> {
    await outlineDocuments(this.publish, options).catch((error: unknown) => {
      if (options.signal?.aborted) return
      this.#parts.onError('Making the outlines of documents failed', error)
    })
  }
}

/** Of a model that is known from its calls for documents alone. */
function unchecked() {
  return { health: new ModelHealth(), probe: null }
}
