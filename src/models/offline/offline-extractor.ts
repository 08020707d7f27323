import type {
  CallOptions,
  EntityFragment,
  Extraction,
  ExtractionInput,
  Extractor,
  RelationFragment,
} from '../../engine/models.ts'
import { Mutex } from '../../engine/mutex.ts'
import { NameReader } from './extract/name-reader.ts'
import { TimeSlice } from './time-slice.ts'

/**
 * Finds the names in a text and which of them share a sentence, by their spelling alone. Linear in
 * the text.
 */
export class OfflineExtractor implements Extractor {
  readonly id = 'offline-extractor:1'
  /** Many chunks are asked for at once; together they must not hold the event loop. */
  readonly #turn = new Mutex()
  readonly #slice = new TimeSlice()

  extract(input: ExtractionInput, options: CallOptions): Promise<Extraction> {
    return this.#turn.run(async () => {
      await this.#slice.pause()
      options.signal?.throwIfAborted()
      const reader = new NameReader(input.text, input.headings[0])
      for (const sentence of reader.sentences) {
        reader.read(sentence)
        await this.#slice.pause()
      }
      return reader.extraction()
    })
  }
}
