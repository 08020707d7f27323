import { parseXml } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged } from '../unreadable-file.ts'
import { formulasOf } from './formulas.ts'
import { ItemNumbers } from './item-numbers.ts'
import { listStyles } from './list-styles.ts'
import { openDocument } from './open-document.ts'
import { openText } from './open-text.ts'

/** Writes the words of an OpenDocument text, with its headings. */
export async function readOdt(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { maxDepth } = limits
  try {
    const document = await openDocument(bytes, limits, 'ODT')
    const { content, styles } = document
    const blocks = new BlockWriter(builder)
    const handler = openText(blocks, {
      numbers: new ItemNumbers(listStyles([styles ?? '<none/>', content], maxDepth)),
      formulas: await formulasOf(document, maxDepth),
    })
    parseXml(content, handler, maxDepth)
    blocks.finish()
  } catch (error) {
    throw damaged('ODT', error)
  }
}
