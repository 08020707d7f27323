import type { StoredChunk } from '../../ports/stored-rows.ts'
import { tokenCount } from '../../text/tokenizer.ts'
import { chunkLine, columnsOf } from './build-context.ts'

/** Tokens of the JSON around a passage: braces, keys, the reference id. */
const PASSAGE_FRAME = 12
/** Around the name of a file in the list of sources. */
const SOURCE_FRAME = 6
/** A number of a reference that no shorter one takes more tokens than. */
const LONG_ID = '100'

/** Of rows that a store keeps between questions. */
const COUNTED = new WeakMap<StoredChunk, number>()

/** What passages take of a prompt, one after the other: with the first of a file comes its name. */
export class PassageCosts {
  readonly #isExact: boolean
  readonly #files = new Set<string>()

  /** @param isExact whether the line of the prompt is counted, or the tokens of the passage do */
  constructor(isExact: boolean) {
    this.#isExact = isExact
  }

  /** In tokens. */
  next(chunk: StoredChunk): number {
    const { filePath } = chunk
    const isNew = !this.#files.has(filePath)
    this.#files.add(filePath)
    const source = isNew && this.#isExact ? tokenCount(filePath) + SOURCE_FRAME : 0
    return source + (this.#isExact ? lineTokens(chunk) : estimated(chunk))
  }
}

function estimated(chunk: StoredChunk): number {
  return chunk.tokens + PASSAGE_FRAME + tokenCount(columnsOf(chunk) ?? '')
}

/** Signs that JSON writes otherwise take more tokens than they have in the passage. */
function lineTokens(chunk: StoredChunk): number {
  const counted = COUNTED.get(chunk) ?? tokenCount(chunkLine(LONG_ID, chunk)) + 1
  COUNTED.set(chunk, counted)
  return counted
}
