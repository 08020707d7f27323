import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../errors.ts'
import { Mutex } from '../mutex.ts'
import type { InsertFile, InsertResponse, InsertTexts, OnConflict } from '../rag.ts'
import type { EngineSettings } from '../settings.ts'
import type { DocumentRecord, NewDocument, Store } from '../store.ts'
import { cleanText } from './clean-text.ts'
import { checkedFileName, extensionOf } from './file-name.ts'
import { contentHash, documentId, fileDocumentId, newTrackId } from './identifiers.ts'
import { receiveFile } from './receive-file.ts'
import { summaryOf } from './summary-of.ts'

/** The label of a text that was sent without one. */
export const UNKNOWN_SOURCE = 'unknown_source'

export interface IntakeParts {
  readonly store: Store
  readonly settings: EngineSettings
  /** Where the bytes of uploads are kept. */
  readonly uploadFolder: string
  /** Called after documents became durable. */
  readonly onQueued: () => void
}

/**
 * Takes texts and files in. An answer means that they are durable; the pipeline does the rest.
 *
 * Look-ups of duplicates and the insert run one request after another, so that the same name or
 * text sent twice at once gives one document.
 */
export class Intake {
  readonly #parts: IntakeParts
  readonly #oneByOne = new Mutex()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  async insertTexts(input: InsertTexts): Promise<InsertResponse> {
    const trackId = newTrackId('insert')
    const documents = newDocuments(input, trackId)
    return this.#oneByOne.run(() => this.#enqueue(documents, input.on_conflict ?? 'keep', trackId))
  }

  async insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>): Promise<InsertResponse> {
    const { store, settings, uploadFolder } = this.#parts
    const fileName = checkedFileName(input.file_name)
    const onConflict = input.on_conflict ?? 'keep'
    // Asked before the bytes are taken, to spare them; asked again when they are there.
    const known = onConflict === 'keep' ? await store.documentByPath(fileName) : null
    if (known) return duplicated(known, 'name')
    const trackId = newTrackId('upload')
    const file = await receiveFile(
      uploadFolder,
      extensionOf(fileName),
      content,
      settings.maxUploadBytes,
    )
    const document: NewDocument = {
      id: fileDocumentId(file.contentHash, fileName),
      filePath: fileName,
      trackId,
      contentSummary: '',
      contentLength: file.bytes,
      contentHash: file.contentHash,
      metadata: {},
      text: null,
      storedFile: file.storedFile,
    }
    const discard = () => rm(join(uploadFolder, file.storedFile), { force: true })
    try {
      const response = await this.#oneByOne.run(() =>
        this.#enqueue([document], onConflict, trackId),
      )
      if (response.status === 'duplicated') await discard()
      return response
    } catch (error) {
      await discard()
      throw error
    }
  }

  async #enqueue(
    documents: readonly NewDocument[],
    onConflict: OnConflict,
    trackId: string,
  ): Promise<InsertResponse> {
    if (onConflict === 'keep') {
      // One known name or text refuses the whole request, as LightRAG does.
      for (const document of documents) {
        const known = await this.#known(document)
        if (known) return duplicated(known.record, known.by)
      }
    }
    const outcomes = await this.#parts.store.enqueue(documents, { onConflict })
    const queued = outcomes.filter((outcome) => outcome.kind === 'queued').length
    if (queued > 0) this.#parts.onQueued()
    const duplicate = outcomes.find((outcome) => outcome.kind === 'duplicate')
    if (queued === 0 && duplicate) return duplicated(duplicate.existing, duplicate.by)
    return {
      status: 'success',
      message:
        queued === 1
          ? 'Accepted. Processing goes on in the background.'
          : `Accepted ${queued} texts. Processing goes on in the background.`,
      track_id: trackId,
    }
  }

  async #known(
    document: NewDocument,
  ): Promise<{ record: DocumentRecord; by: 'name' | 'content' } | null> {
    const { store } = this.#parts
    if (document.filePath !== UNKNOWN_SOURCE) {
      const record = await store.documentByPath(document.filePath)
      if (record) return { record, by: 'name' }
    }
    const record = await store.documentByHash(document.contentHash)
    return record && { record, by: 'content' }
  }
}

function duplicated(known: DocumentRecord, by: 'name' | 'content'): InsertResponse {
  const what = by === 'name' ? 'A document of this name' : 'A document with this content'
  return {
    status: 'duplicated',
    message: `${what} is already here ('${known.filePath}', status: ${known.status}).`,
    track_id: known.trackId,
  }
}

/** The texts as documents; of equal texts in one request the first counts. */
function newDocuments(input: InsertTexts, trackId: string): NewDocument[] {
  const sources = input.file_sources ?? []
  if (sources.length > input.texts.length) {
    throw new EngineError('invalid_argument', 'There are more file_sources than texts.')
  }
  const documents = new Map<string, NewDocument>()
  input.texts.forEach((raw, i) => {
    const text = cleanText(raw)
    if (text === '') {
      throw new EngineError('invalid_argument', `Text ${i + 1} is blank; send some content.`)
    }
    const id = documentId(text)
    if (documents.has(id)) return
    documents.set(id, {
      id,
      filePath: labelOf(sources[i]),
      trackId,
      ...summaryOf(text),
      contentHash: contentHash(text),
      metadata: {},
      text,
      storedFile: null,
    })
  })
  return [...documents.values()]
}

function labelOf(source: string | undefined): string {
  const label = cleanText(source ?? '')
  return label === '' ? UNKNOWN_SOURCE : label
}
