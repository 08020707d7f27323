import type { DocumentRecord, NewDocument } from '../ports/document-record.ts'
import type { AttachedFile, FileReader } from '../ports/file-reader.ts'
import type { Files } from '../ports/files.ts'
import type { Room } from '../ports/room.ts'
import type { Store } from '../ports/store.ts'
import { checkedFileName, LONGEST_NAME, storedExtension } from './file-name.ts'
import { fileDocumentId } from './identifiers.ts'

export interface AttachedDocumentsParts {
  readonly store: Pick<Store, 'documents' | 'queue'>
  readonly uploads: Files
  readonly fileReader: Pick<FileReader, 'extensions' | 'recognizes'>
  readonly room?: Room | undefined
  /** In bytes. */
  readonly maxUploadBytes: number
  /** Takes nothing else in while the job runs. */
  readonly alone: <T>(job: () => Promise<T>) => Promise<T>
  /** Called after documents became durable. */
  readonly onQueued: () => void
}

/** That one upload may become, with all that came with what came with it. */
const MOST_DOCUMENTS = 50

/**
 * Takes in what came with a document, as documents of their own: `mail.eml - report.pdf`. They have its
 * tags and fields, since who may see a mail is told by those. Taken again they are the same documents.
 */
export class AttachedDocuments {
  readonly #parts: AttachedDocumentsParts

  constructor(parts: AttachedDocumentsParts) {
    this.#parts = parts
  }

  /** What nothing reads is left out. @throws {EngineError} `storage_full`, `store_unavailable` */
  async take(
    document: DocumentRecord,
    files: readonly AttachedFile[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const room = roomFor(document)
    const readable = files.filter((file) => this.#isReadable(document, file)).slice(0, room)
    // What is left of the bound is divided among them, which may bring files along as well.
    const each = Math.floor((room - readable.length) / Math.max(1, readable.length))
    let isAnyQueued = false
    for (const file of readable) {
      signal?.throwIfAborted()
      if (await this.#takeOne(document, file, each, signal)) isAnyQueued = true
    }
    if (isAnyQueued) this.#parts.onQueued()
  }

  #isReadable(document: DocumentRecord, file: AttachedFile): boolean {
    const { fileReader, maxUploadBytes } = this.#parts
    if (maxUploadBytes > 0 && file.bytes.length > maxUploadBytes) return false
    try {
      checkedFileName(nameOf(document, file), fileReader, file.bytes)
      return true
    } catch {
      return false
    }
  }

  async #takeOne(
    document: DocumentRecord,
    file: AttachedFile,
    room: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { store, uploads, alone, room: disk, maxUploadBytes } = this.#parts
    const filePath = nameOf(document, file)
    const kept = await uploads.put(onePiece(file.bytes), {
      extension: storedExtension(filePath),
      maxBytes: maxUploadBytes,
      room: disk,
    })
    const id = fileDocumentId(kept.contentHash, filePath)
    const isTaken = await alone(async () => {
      const known = await store.documents.byPath(filePath)
      const isOwn = known?.metadata.attached_to === document.id
      if (signal?.aborted || (known && (known.id === id || !isOwn))) return false
      // Whoever deletes a mail while it is read wants nothing of it back.
      if ((await store.documents.byId(document.id)) === null) return false
      const attached = attachedDocument(document, { filePath, id, kept, room })
      const [outcome] = await store.queue.enqueue([attached], {
        onConflict: isOwn ? 'replace' : 'keep',
      })
      if (outcome?.kind === 'queued' && outcome.freedFile) await uploads.remove(outcome.freedFile)
      return outcome?.kind === 'queued'
    }).catch(async (error: unknown) => {
      await uploads.remove(kept.name)
      throw error
    })
    if (!isTaken) await uploads.remove(kept.name)
    return isTaken
  }
}

interface Taken {
  readonly filePath: string
  readonly id: string
  readonly kept: { readonly name: string; readonly bytes: number; readonly contentHash: string }
  readonly room: number
}

function attachedDocument(
  { id: attachedTo, trackId, annotations, chunking, origin }: DocumentRecord,
  { filePath, id, kept, room }: Taken,
): NewDocument {
  const { tags, attributes } = annotations
  return {
    id,
    filePath,
    trackId,
    contentSummary: '',
    contentLength: kept.bytes,
    contentHash: kept.contentHash,
    metadata: { attached_to: attachedTo, attachments_left: room },
    text: null,
    storedFile: kept.name,
    annotations: { tags, attributes },
    origin: { size: kept.bytes, fileHash: kept.contentHash, author: origin.author },
    ...(chunking === null ? {} : { chunking }),
  }
}

function roomFor({ metadata }: DocumentRecord): number {
  const left = metadata.attachments_left
  return typeof left === 'number' ? Math.max(0, Math.min(left, MOST_DOCUMENTS)) : MOST_DOCUMENTS
}

function nameOf({ filePath }: DocumentRecord, { name }: AttachedFile): string {
  const before = filePath.slice(0, Math.max(0, LONGEST_NAME - name.length - 3))
  return `${before} - ${name}`
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes
}
