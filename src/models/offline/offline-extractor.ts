import type {
  CallOptions,
  Extraction,
  ExtractionInput,
  Extractor,
} from '../../engine/ports/models.ts'
import { cutEntityName } from '../../engine/text/entity-name.ts'
import { isTableHead } from '../../engine/text/table-heads.ts'
import { visibleText } from '../../engine/text/visible-text.ts'
import { Mutex } from '../../engine/work/mutex.ts'
import { yieldIfDue } from '../../engine/work/turns.ts'
import { readNames } from './extract/read-names.ts'

/** Those of typography, which stand within names too. */
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g

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
      const heading = headings.find((one) => !isTableHead(one))
      return kept(await readNames(visibleText(text).replace(SPACES, ' '), heading, yieldIfDue))
    })
  }
}

/** With names in the form in which all are kept; what is no name in that form is left out. */
function kept({ entities, relations }: Extraction): Extraction {
  return {
    entities: entities.flatMap((entity) => {
      const name = cutEntityName(entity.name)
      return name === '' ? [] : [{ ...entity, name }]
    }),
    relations: relations.flatMap((relation) => {
      const source = cutEntityName(relation.source)
      const target = cutEntityName(relation.target)
      return source === '' || target === '' ? [] : [{ ...relation, source, target }]
    }),
  }
}
