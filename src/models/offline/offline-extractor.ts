import { isTableHead } from '../../engine/ingest/table-heads.ts'
import type { CallOptions, Extraction, ExtractionInput, Extractor } from '../../engine/models.ts'
import { Mutex } from '../../engine/mutex.ts'
import { giveWay } from '../../engine/turns.ts'
import { readNames } from './extract/read-names.ts'

/**
 * Finds the names in a text and which of them share a sentence, by their spelling alone. Linear in
 * the text.
 */
export class OfflineExtractor implements Extractor {
  readonly id = 'offline-extractor:1'
  /** Many chunks are asked for at once; together they must not hold the event loop. */
  readonly #turn = new Mutex()

  extract({ text, headings }: ExtractionInput, options: CallOptions): Promise<Extraction> {
    return this.#turn.run(async () => {
      options.signal?.throwIfAborted()
      return readNames(
        text,
        headings.find((heading) => !isTableHead(heading)),
        giveWay,
      )
    })
  }
}
