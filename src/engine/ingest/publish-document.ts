import type { CallOptions, Models } from '../models.ts'
import type { Mutex } from '../mutex.ts'
import { summarizeDescriptions } from '../roles/summarize-descriptions.ts'
import type { EngineSettings } from '../settings.ts'
import type { DocumentRecord, Store } from '../store.ts'
import { tokenCount } from '../tokenizer.ts'
import { contentHash } from './identifiers.ts'
import { type ChangeParts, prepareChange } from './prepare-change.ts'
import { readDocument } from './process-document.ts'
import { readStoredFile } from './read-stored-file.ts'
import { summaryOf } from './summary-of.ts'

export interface PublishParts {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
  readonly uploadFolder: string
  /** Held while the graph is read, computed and changed. */
  readonly graphLock: Mutex
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
  const text = await textOf(parts, document)
  if (text === null) return
  const chunks = await readDocument(parts, document, text, options)
  const setAside = chunks.filter((chunk) => chunk.error !== null)
  const metadata = {
    ...document.metadata,
    processing_start_time: Math.floor(started / 1000),
    processing_end_time: Math.floor(Date.now() / 1000),
    ...(setAside.length > 0 ? { chunks_set_aside: setAside.length } : {}),
  }
  await parts.graphLock.run(async () => {
    options.signal?.throwIfAborted()
    const removes = [{ documentId: document.id, forget: false }]
    const publication = { document, chunks, metadata }
    const change = await prepareChange(changeParts(parts), removes, publication, options)
    await parts.store.apply(change)
  })
}

/** The stored text, read from the document's file the first time; null when it is gone. */
async function textOf(parts: PublishParts, document: DocumentRecord): Promise<string | null> {
  const stored = await parts.store.text(document.id)
  if (stored !== null) return stored
  if (document.storedFile === null) return null
  const text = await readStoredFile(parts.uploadFolder, document.storedFile)
  const kept = await parts.store.setText(document.id, document.revision, {
    text,
    contentHash: contentHash(text),
    ...summaryOf(text),
  })
  return kept ? text : null
}
