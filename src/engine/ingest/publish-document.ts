import type { DocumentRecord } from '../document-record.ts'
import type { FileReader, ReadFile } from '../file-reader.ts'
import { customKgChunks } from '../graph/custom-kg.ts'
import { assertRoomFor, type GraphBounds } from '../graph/graph-bounds.ts'
import type { CallOptions, Models } from '../models.ts'
import type { Mutex } from '../mutex.ts'
import { summarizeDescriptions } from '../roles/summarize-descriptions.ts'
import type { Room } from '../room.ts'
import type { EngineSettings } from '../settings.ts'
import type { Store } from '../store.ts'
import { tokenCount } from '../tokenizer.ts'
import { contentHash } from './identifiers.ts'
import type { AnswersOfDocuments, PaidAnswers } from './paid-answers.ts'
import { type Publication, prepareChange } from './prepare-change.ts'
import { readDocument } from './process-document.ts'
import { readStoredFile } from './read-stored-file.ts'
import type { ChangeParts } from './rebuild-items.ts'
import { summaryOf } from './summary-of.ts'
import { plainText } from './text-file-reader.ts'

export interface PublishParts {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
  readonly uploadFolder: string
  readonly fileReader: FileReader
  /** Asked before a document is worked on and before it is stored; without it there is no bound. */
  readonly room?: Room | undefined
  /** What models said for documents that are not published yet. */
  readonly answers: AnswersOfDocuments
  /** Held while the graph is changed, and while what a change rests on must not. */
  readonly graphLock: Mutex
  /** What the graph may hold; asked before each change. Without it there is no bound. */
  readonly graphBounds?: (() => Promise<GraphBounds>) | undefined
}

/** The parts that make changes of the graph. */
export function changeParts({ store, models, settings }: PublishParts): ChangeParts {
  const limits = {
    forceAt: settings.forceSummaryOnMerge,
    maxTokens: settings.summaryMaxTokens,
    contextTokens: settings.summaryContextSize,
    recommendedTokens: settings.summaryLengthRecommended,
  }
  const { summarizer } = models
  return {
    store,
    settings,
    embedding: models.embedding,
    describe: (subject, descriptions, options) =>
      summarizeDescriptions(summarizer, subject, descriptions, limits, tokenCount, options),
  }
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
  options: CallOptions,
): Promise<void> {
  const started = Date.now()
  await parts.room?.forWork()
  const content = await contentOf(parts, document, options.signal)
  if (content === null) return
  const graph = await parts.store.customGraph(document.id)
  const answers = parts.answers.of(document)
  const embedding = answers.embedding(parts.models.embedding)
  const paying = { ...parts, models: { ...parts.models, embedding } }
  const chunks =
    graph === null
      ? await readDocument(paying, document, content, options)
      : await customKgChunks(embedding, document, content.text, graph, options)
  const setAside = chunks.filter((chunk) => chunk.error !== null)
  const { chunks_set_aside: _before, ...kept } = document.metadata
  const metadata = {
    ...kept,
    processing_start_time: Math.floor(started / 1000),
    processing_end_time: Math.floor(Date.now() / 1000),
    ...(setAside.length > 0 ? { chunks_set_aside: setAside.length } : {}),
  }
  await publish(parts, { document, chunks, metadata }, answers, options)
  parts.answers.forget(document)
}

/** How often a change is worked out beside others before they have to wait for it. */
const TRIES_BESIDE = 3

/**
 * Works out the change while others may change the graph, so that nobody waits for the models that
 * it asks; again when somebody did, then asking only for what came out differently.
 */
async function publish(
  parts: PublishParts,
  publication: Publication,
  answers: PaidAnswers,
  options: CallOptions,
): Promise<void> {
  const { store, graphLock } = parts
  const removes = [{ documentId: publication.document.id, forget: false }]
  const making = changeParts(parts)
  const paying = {
    ...making,
    embedding: answers.embedding(making.embedding),
    describe: answers.describe(making.describe),
  }
  const prepare = () => prepareChange(paying, removes, publication, options)
  for (let left = TRIES_BESIDE; ; left--) {
    const version = await store.dataVersion()
    const prepared = left > 0 ? await prepare() : null
    const done = await graphLock.run(async () => {
      options.signal?.throwIfAborted()
      const current = (await store.dataVersion()) === version ? prepared : null
      if (left > 0 && current === null) return false
      const change = current ?? (await prepare())
      await assertRoomFor(store, await parts.graphBounds?.(), change)
      await parts.room?.forWork()
      await store.apply(change)
      return true
    })
    if (done) return
  }
}

/**
 * What the document says; null when it is gone. A file is read anew at each attempt, since pages and
 * headings are not stored.
 */
async function contentOf(
  parts: PublishParts,
  document: DocumentRecord,
  signal?: AbortSignal,
): Promise<ReadFile | null> {
  const stored = await parts.store.text(document.id)
  const { storedFile, filePath } = document
  if (storedFile === null) return stored === null ? null : plainText(stored, filePath)
  const { fileReader, uploadFolder } = parts
  const file = await readStoredFile(fileReader, uploadFolder, { storedFile, filePath }, signal)
  if (file.text === stored) return file
  const kept = await parts.store.setText(document.id, document.revision, {
    text: file.text,
    contentHash: contentHash(file.text),
    ...summaryOf(file.text),
  })
  return kept ? file : null
}
