import type { AttachedDocuments } from '../documents/attached-documents.ts'
import { contentHashInTurns } from '../documents/identifiers.ts'
import { summaryInTurns } from '../documents/summary-of.ts'
import { customKgChunks } from '../graph/custom-kg.ts'
import { applyBeside } from '../merge/apply-beside.ts'
import type { ChangeParts } from '../merge/ask-models.ts'
import type { AttemptCaches } from '../merge/attempt-cache.ts'
import { changeParts, type MakingParts } from '../merge/change-parts.ts'
import { assertRoomFor, type GraphBounds } from '../merge/graph-bounds.ts'
import { type Publication, prepareChange } from '../merge/prepare-change.ts'
import type { Change } from '../ports/change.ts'
import type { DocumentRecord } from '../ports/document-record.ts'
import type { FileReader, ReadFile, ReadOptions } from '../ports/file-reader.ts'
import type { Files } from '../ports/files.ts'
import type { CallOptions, Models } from '../ports/models.ts'
import type { Room } from '../ports/room.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import { isApart, type TextCutter } from '../ports/text-cutter.ts'
import { readDocument } from '../read/read-document.ts'
import { readStoredFile } from '../read/read-stored-file.ts'
import { plainText } from '../read/text-file-reader.ts'
import { Attempt } from './attempt.ts'
import type { DocumentProgress } from './document-progress.ts'

export interface PublishParts {
  readonly store: Store
  /** Under whose name documents are claimed. */
  readonly owner: string
  readonly models: Models
  readonly settings: EngineSettings
  readonly uploads: Files
  readonly fileReader: FileReader
  readonly cutter: TextCutter
  /** Takes in what came with a document, such as the files of a mail. */
  readonly takeAttached: AttachedDocuments['take']
  /** Asked before a document is worked on and before it is stored; without it there is no bound. */
  readonly room?: Room | undefined
  /** What tells whether a model is out. */
  readonly checks: NonNullable<Models['checks']>
  /** What models said for documents that are not published yet. */
  readonly answers: AttemptCaches
  /** What the graph may hold; asked before each change. Without it there is no bound. */
  readonly graphBounds?: (() => Promise<GraphBounds>) | undefined
}

/** An attempt at something, by the models of these parts. @param blame counted before */
export function attemptBy(
  { checks }: Pick<PublishParts, 'checks'>,
  options: CallOptions,
  blame = 0,
): Attempt {
  return new Attempt(checks, options, blame)
}

/**
 * Takes one claimed document from its text to being visible.
 *
 * Every model call comes before the commit. A document that was deleted or replaced meanwhile is
 * dropped without a trace.
 */
export async function publishDocument(
  parts: PublishParts,
  document: DocumentRecord,
  progress: DocumentProgress,
  called: CallOptions,
): Promise<void> {
  const started = Date.now()
  await parts.room?.forWork()
  const attempt = attemptBy(parts, called, document.blame)
  const { signal } = called
  const content = await contentOf(parts, document, { signal, onCpu: progress.readerTook })
  if (content === null) return
  const options = { ...called, apart: isApart(content.text, document.deaths) }
  const graph = await parts.store.documents.customGraph(document.id)
  const answers = parts.answers.of(document)
  const embedding = answers.embedding(parts.models.embedding)
  const reading = { ...parts, embedding, attempt, progress }
  const chunks =
    graph === null
      ? await readDocument(reading, document, content, options)
      : await customKgChunks(reading, document, content.text, graph, options)
  const setAside = chunks.filter((chunk) => chunk.error !== null)
  const { chunks_set_aside: _before, file_encoding: _encoding, ...kept } = document.metadata
  const metadata = {
    ...kept,
    processing_start_time: Math.floor(started / 1000),
    processing_end_time: Math.floor(Date.now() / 1000),
    ...(setAside.length > 0 ? { chunks_set_aside: setAside.length } : {}),
    ...(content.encoding ? { file_encoding: content.encoding } : {}),
  }
  await progress.begin('merge')
  const making = changeParts(parts, attempt, answers)
  await publish(
    parts,
    { document, owner: parts.owner, chunks, metadata },
    { making, attempt, progress },
    options,
  )
  parts.answers.forget(document)
}

interface Making {
  readonly making: MakingParts
  readonly attempt: Attempt
  readonly progress: DocumentProgress
}

async function publish(
  parts: PublishParts,
  publication: Publication,
  { making, attempt, progress }: Making,
  options: CallOptions,
): Promise<void> {
  const removes = [{ documentId: publication.document.id, forget: false }]
  const prepare = async (parts: ChangeParts) => {
    const change = await prepareChange(parts, removes, publication, options)
    attempt.settle()
    return change
  }
  const make = async (change: Change) => {
    await assertRoomFor(parts.store, await parts.graphBounds?.(), change)
    await parts.room?.forWork()
    await progress.begin('store')
    await parts.store.graph.apply(change)
  }
  await applyBeside(making, prepare, make, options.signal)
}

/**
 * What the document says; null when it is gone. A file is read anew at each attempt, since pages and
 * headings are not stored.
 */
async function contentOf(
  parts: PublishParts,
  document: DocumentRecord,
  options: ReadOptions,
): Promise<ReadFile | null> {
  const stored = await parts.store.documents.text(document.id)
  const { storedFile, filePath } = document
  if (storedFile === null) return stored === null ? null : plainText(stored, filePath)
  const { fileReader, uploads } = parts
  const read = await readStoredFile(fileReader, uploads, { storedFile, filePath }, options)
  const { attachments = [], ...file } = read
  // Before the document is done: a crash in between leaves one that is read again.
  if (attachments.length > 0) await parts.takeAttached(document, attachments, options.signal)
  if (file.text === stored) return file
  const kept = await parts.store.queue.setText(document.id, document.revision, {
    text: file.text,
    contentHash: await contentHashInTurns(file.text),
    ...(await summaryInTurns(file.text)),
  })
  return kept ? file : null
}
