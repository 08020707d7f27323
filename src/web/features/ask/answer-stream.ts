import type { Reference } from '../../data/ask-types.ts'
import { isRecord } from '../../state/view-state.ts'

/** What a line of an answer says. */
export type AnswerEvent =
  | { readonly type: 'references'; readonly references: readonly Reference[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'cut'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string }

/** Lines of JSON as they arrive, however the pieces are cut. */
export async function* answerEvents(pieces: AsyncIterable<string>): AsyncGenerator<AnswerEvent> {
  const line: string[] = []
  for await (const piece of pieces) {
    const lines = piece.split('\n')
    const rest = lines.pop() ?? ''
    for (const end of lines) {
      line.push(end)
      yield* eventsOf(line.join(''))
      line.length = 0
    }
    line.push(rest)
  }
  yield* eventsOf(line.join(''))
}

/** The text of a body, decoded across the borders of its pieces. */
export async function* textPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield decoder.decode(value, { stream: true })
    }
    yield decoder.decode()
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function* eventsOf(text: string): Generator<AnswerEvent> {
  if (text.trim() === '') return
  const line = parsed(text)
  if (!isRecord(line)) return
  if (Array.isArray(line.references)) {
    yield { type: 'references', references: line.references as readonly Reference[] }
  }
  if (typeof line.response === 'string' && line.response !== '') {
    yield { type: 'text', text: line.response }
  }
  if (typeof line.finish_reason === 'string') yield { type: 'cut', reason: line.finish_reason }
  const { error } = line
  if (typeof error === 'string') yield { type: 'failed', message: error }
  else if (isRecord(error)) yield { type: 'failed', message: String(error.message ?? '') }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
