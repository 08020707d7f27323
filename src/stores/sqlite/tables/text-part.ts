import type { TextPart } from '../../../engine/ports/document-store.ts'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { startThread } from '../../../threads/start-thread.ts'
import { ThreadCalls } from '../../../threads/thread-calls.ts'
import type { Connection } from '../database/connection.ts'
import { partOf } from './part-of.ts'
import type { TextPartRequest } from './text-part-thread.ts'

/** In characters: SQLite hands a text out whole, and what is shorter is there within 2 ms. */
const READ_HERE = 500_000

const calls = new ThreadCalls<TextPartRequest, TextPart | null>(() =>
  startThread(new URL('./text-part-thread.ts', import.meta.url)),
)

/**
 * A part of a document's text; null where there is none yet. A long text is read by a thread that all
 * stores of the process share, by a connection of its own.
 */
export async function textPart(
  connection: Connection,
  document: { readonly seq: number; readonly content_length: number },
  from: number,
  to: number,
): Promise<TextPart | null> {
  const { path } = connection
  if (document.content_length > READ_HERE && path !== null) {
    return calls.call({ database: path, document: document.seq, from, to }).catch(unread)
  }
  const row = connection.get<{ text: string }>(TEXT, document.seq)
  return row === undefined ? null : partOf(row.text, from, to)
}

const TEXT = 'SELECT text FROM document_texts WHERE document = ?'

function unread(cause: unknown): never {
  throw new EngineError('store_unavailable', 'The text cannot be read now', { cause })
}
