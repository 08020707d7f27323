import type { DocumentRecord, EnqueueOutcome, NewDocument } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { FileReader } from '../ports/file-reader.ts'
import type { Files, InputPlace } from '../ports/files.ts'
import type { Room } from '../ports/room.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import { chunkingPlan, planAsJson } from '../read/chunking.ts'
import { cleanTextInTurns, hashedTextInTurns, oneLineEnd } from '../read/clean-text.ts'
import { isOfScanned, scannedMetadata } from '../scan/scanned-file.ts'
import { keptName } from '../text/kept-name.ts'
import { mapPieces } from '../text/text-pieces.ts'
import { Mutex } from '../work/mutex.ts'
import { yieldAheadIfDue, yieldIfDue } from '../work/turns.ts'
import { annotationsOf } from './document-annotations.ts'
import type { InsertFile, InsertResponse, InsertTexts, OnConflict } from './document-calls.ts'
import { checkedFileName, LONGEST_NAME, recognized, storedExtension } from './file-name.ts'
import { contentHashInTurns, documentIdInTurns, fileDocumentId, newTrackId } from './identifiers.ts'
import { pageName } from './page-name.ts'
import { isOfPage, pageExtension, pageMetadata } from './page-version.ts'
import { textOrigin } from './reading/text-origin.ts'
import type { ScheduledDeletions } from './scheduled-deletions.ts'
import { summaryInTurns } from './summary-of.ts'

/** The file path of a text that was sent without one. */
export const UNKNOWN_SOURCE = 'unknown_source'

export interface IntakeParts {
  readonly store: Store
  readonly settings: EngineSettings
  readonly uploads: Files
  /** What can be read. */
  readonly fileReader: Pick<FileReader, 'extensions' | 'recognizes'>
  readonly room?: Room | undefined
  readonly deletions: Pick<ScheduledDeletions, 'includes' | 'isAnyScheduled' | 'runEarly'>
  /** Does what was scheduled before anything new may be taken in. */
  readonly runClearing: () => Promise<unknown>
  /** Called after documents became durable. */
  readonly onQueued: (trackId: string, count: number) => void
}

/**
 * Takes texts and files in. An answer means that they are durable; the pipeline does the rest.
 *
 * What is a duplicate the store decides. Requests run one after another, so that none comes between a
 * deletion that was promised and the document that takes the place.
 */
export class Intake {
  readonly #parts: IntakeParts
  readonly #oneByOne = new Mutex()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Takes nothing in while the job runs; whoever sends something waits. */
  alone<T>(job: () => Promise<T>): Promise<T> {
    return this.#oneByOne.run(job)
  }

  /** What is scheduled to go is gone before something comes. */
  #afterClearing<T>(job: () => Promise<T>): Promise<T> {
    return this.#oneByOne.run(async () => {
      await this.#parts.runClearing()
      return job()
    })
  }

  async insertTexts(input: InsertTexts): Promise<InsertResponse> {
    const trackId = newTrackId('insert')
    const documents = await newDocuments(input, trackId, this.#parts.settings)
    await this.#askForRoom(documents)
    return this.#afterClearing(() => this.#enqueue(documents, input.on_conflict ?? 'keep', trackId))
  }

  /** Takes a document that was put together elsewhere. */
  async insertDocument(document: NewDocument, onConflict: OnConflict): Promise<InsertResponse> {
    await this.#askForRoom([document])
    return this.#afterClearing(() => this.#enqueue([document], onConflict, document.trackId))
  }

  async insertFile(
    input: InsertFile,
    content: AsyncIterable<Uint8Array>,
    trackId = newTrackId('upload'),
    place: InputPlace = { folder: '', look: null },
  ): Promise<InsertResponse> {
    const { store, settings, uploads, fileReader, deletions, room } = this.#parts
    const { page } = input
    const fileName = page
      ? pageName(input.file_name)
      : inFolder(place, checkedFileName(input.file_name, fileReader))
    const onConflict = input.on_conflict ?? 'keep'
    const annotations = annotationsOf(input)
    const chunking = planAsJson(chunkingPlan(input.chunking, settings))
    // Asked before the bytes are taken, to spare them; asked again when they are there.
    const known = onConflict === 'keep' ? await store.documents.byPath(fileName) : null
    if (known && !(await deletions.includes(known.id))) return duplicated(known, 'name')
    const bytes = page ? content : recognized(fileName, content, fileReader)
    const file = await uploads.put(bytes, {
      extension: page ? pageExtension(page, fileReader) : storedExtension(fileName),
      maxBytes: settings.maxUploadBytes,
      room,
    })
    const before = page || place.look ? await store.documents.byPath(fileName) : null
    const isSame = isOfPage(before, file) || isOfScanned(before, file)
    if (before && isSame && !(await deletions.includes(before.id))) {
      await uploads.remove(file.name)
      return unchanged(before)
    }
    const document: NewDocument = {
      id: fileDocumentId(file.contentHash, fileName),
      filePath: fileName,
      trackId,
      contentSummary: '',
      contentLength: file.bytes,
      contentHash: file.contentHash,
      metadata: page
        ? pageMetadata(page, file)
        : (place.look && scannedMetadata(place.look, file)) || {},
      text: null,
      storedFile: file.name,
      annotations,
      chunking,
      origin: { size: file.bytes, fileHash: file.contentHash, author: input.author ?? null },
    }
    try {
      const response = await this.#afterClearing(() =>
        this.#enqueue([document], onConflict, trackId),
      )
      if (response.status === 'duplicated') await uploads.remove(file.name)
      return response
    } catch (error) {
      await uploads.remove(file.name)
      throw error
    }
  }

  /** Each is written into the log and into the database. */
  async #askForRoom(documents: readonly NewDocument[]): Promise<void> {
    const lengths = documents.map(({ text, graph }) => (text?.length ?? 0) + (graph?.length ?? 0))
    await this.#parts.room?.forIntake(2 * lengths.reduce((sum, length) => sum + length, 0))
  }

  async #enqueue(
    documents: readonly NewDocument[],
    onConflict: OnConflict,
    trackId: string,
  ): Promise<InsertResponse> {
    await this.#makeWay(documents)
    const outcomes = await this.#parts.store.queue.enqueue(documents, { onConflict })
    for (const outcome of outcomes) {
      if (outcome.kind === 'queued' && outcome.freedFile)
        await this.#parts.uploads.remove(outcome.freedFile)
    }
    const queued = outcomes.filter((outcome) => outcome.kind === 'queued').length
    if (queued > 0) this.#parts.onQueued(trackId, queued)
    const duplicate = outcomes.find((outcome) => outcome.kind === 'duplicate')
    if (queued === 0 && duplicate) return duplicated(duplicate.existing, duplicate.by)
    const skipped = outcomes.length - queued
    const accepted =
      queued === 1
        ? 'Accepted. Processing goes on in the background.'
        : `Accepted ${queued} texts. Processing goes on in the background.`
    const left = `${skipped} of them ${skipped === 1 ? 'was' : 'were'} here already`
    return {
      status: skipped === 0 ? 'success' : 'partial_success',
      message: skipped === 0 ? accepted : `${accepted} Of ${outcomes.length} texts, ${left}.`,
      track_id: trackId,
    }
  }

  /** Deletes what is in the way of these documents and was promised to go. */
  async #makeWay(documents: readonly NewDocument[]): Promise<void> {
    if (!(await this.#parts.deletions.isAnyScheduled())) return
    for (const document of documents) {
      // What the store finds in memory is no wait that others have a turn in.
      await yieldAheadIfDue()
      for (let known = await this.#stored(document); known !== null; ) {
        if (!(await this.#parts.deletions.runEarly(known.id))) break
        known = await this.#stored(document)
      }
    }
  }

  async #stored(document: NewDocument): Promise<DocumentRecord | null> {
    const { documents } = this.#parts.store
    const { annotations, filePath, contentHash } = document
    const externalId = annotations?.externalId ?? null
    return (
      (externalId === null ? null : await documents.byExternalId(externalId)) ??
      (filePath === UNKNOWN_SOURCE ? null : await documents.byPath(filePath)) ??
      documents.byHash(contentHash)
    )
  }
}

type KnownBy = Extract<EnqueueOutcome, { kind: 'duplicate' }>['by']

const SAME: Readonly<Record<KnownBy, string>> = {
  external_id: 'A document with this external id',
  name: 'A document of this name',
  content: 'A document with this content',
}

function unchanged({ trackId }: DocumentRecord): InsertResponse {
  return {
    status: 'duplicated',
    message: 'It has not changed since it was taken in.',
    track_id: trackId,
  }
}

function duplicated(known: DocumentRecord, by: KnownBy): InsertResponse {
  return {
    status: 'duplicated',
    message: `${SAME[by]} is already here ('${known.filePath}', status: ${known.status}).`,
    track_id: known.trackId,
  }
}

/** The texts as documents; of equal texts in one request the first counts. */
async function newDocuments(
  input: InsertTexts,
  trackId: string,
  settings: EngineSettings,
): Promise<NewDocument[]> {
  const { texts, file_sources: sources = [], external_ids, metadata, tags } = input
  refuseOtherLengths(input)
  const chunking = planAsJson(chunkingPlan(input.chunking, settings))
  const documents = new Map<string, NewDocument>()
  for (const [i, raw] of texts.entries()) {
    await yieldIfDue()
    const text = await cleanTextInTurns(raw)
    if (text === '') {
      throw new EngineError('invalid_argument', `Text ${i + 1} is blank; send some content.`)
    }
    const hashed = await hashedTextInTurns(raw)
    const id = await documentIdInTurns(hashed)
    const annotations = annotationsOf({
      external_id: external_ids?.[i],
      metadata: metadata?.[i],
      tags: tags?.[i],
    })
    const same = documents.get(id)
    if (same) refuseTwoIds(same.annotations?.externalId, annotations.externalId, i)
    else
      documents.set(id, {
        id,
        filePath: filePathOf(sources[i]),
        trackId,
        ...(await summaryInTurns(text)),
        contentHash: await contentHashInTurns(await mapPieces(hashed, oneLineEnd)),
        metadata: {},
        text,
        storedFile: null,
        annotations,
        chunking,
        origin: await textOrigin(text, input.author),
      })
  }
  refuseRepeatedIds(documents.values())
  return [...documents.values()]
}

function refuseOtherLengths(input: InsertTexts): void {
  const { texts, file_sources = [], external_ids, metadata, tags } = input
  if (file_sources.length > texts.length) {
    throw new EngineError('invalid_argument', 'There are more file_sources than texts.')
  }
  for (const [name, list] of Object.entries({ external_ids, metadata, tags })) {
    if (list === undefined || list.length === texts.length) continue
    throw new EngineError('invalid_argument', `${name} must have one entry for each text.`)
  }
}

/** One text cannot be two documents, and leaving one id out in silence would lose it. */
function refuseTwoIds(
  known: string | null | undefined,
  given: string | null | undefined,
  i: number,
) {
  if (given === undefined || given === known) return
  throw new EngineError(
    'invalid_argument',
    `Text ${i + 1} is that of another entry, but has an external id of its own.`,
  )
}

function refuseRepeatedIds(documents: Iterable<NewDocument>): void {
  const ids = new Set<string>()
  for (const { annotations } of documents) {
    const id = annotations?.externalId
    if (typeof id !== 'string') continue
    if (ids.has(id)) {
      throw new EngineError('invalid_argument', `The external id '${id}' stands for two texts.`)
    }
    ids.add(id)
  }
}

/** @throws {EngineError} `invalid_file_name` when it is too long with the folders before it */
function inFolder({ folder }: InputPlace, fileName: string): string {
  const path = folder === '' ? fileName : keptName(`${folder}/${fileName}`)
  if (path.length <= LONGEST_NAME) return path
  throw new EngineError('invalid_file_name', 'The name of the file and its folders is too long.')
}

function filePathOf(source: string | undefined): string {
  const filePath = keptName(source ?? '')
  return filePath === '' ? UNKNOWN_SOURCE : filePath
}
