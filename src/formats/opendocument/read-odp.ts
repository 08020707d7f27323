import { parseXml, prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged } from '../unreadable-file.ts'
import { formulasOf } from './formulas.ts'
import { ItemNumbers } from './item-numbers.ts'
import { openDocument } from './open-document.ts'
import { openText } from './open-text.ts'

/** Repeated on each slide. */
const FURNITURE = new Set(['date-time', 'footer', 'header', 'page-number', 'page'])

/** Writes the words of a presentation; slides are its pages, and their notes follow them. */
export async function readOdp(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { maxDepth } = limits
  try {
    const document = await openDocument(bytes, limits, 'ODP')
    const formulas = await formulasOf(document, maxDepth)
    const blocks = new BlockWriter(builder)
    parseXml(document.content, slideHandler(blocks, builder, formulas), maxDepth)
    blocks.finish()
  } catch (error) {
    throw damaged('ODP', error)
  }
}

function slideHandler(
  blocks: BlockWriter,
  builder: TextBuilder,
  formulas: ReadonlyMap<string, string>,
): XmlHandler {
  const words = openText(blocks, { numbers: new ItemNumbers(new Map()), formulas })
  let slides = 0
  /** Depth of the frame that is left out; 0 outside it. */
  let silent = 0
  let inTitle = false
  return {
    open(name, attributes) {
      if (silent > 0) {
        silent++
        return
      }
      const kind = prefixed(attributes, 'class') ?? ''
      if (name === 'page') {
        blocks.endTable()
        builder.page(++slides)
      }
      if (name === 'frame' && FURNITURE.has(kind)) {
        silent = 1
        return
      }
      if (name === 'frame') inTitle = kind === 'title'
      words.open?.(name, attributes)
    },
    close(name) {
      if (silent > 0) {
        silent--
        return
      }
      if (name === 'p' && inTitle) blocks.end(1)
      words.close?.(name)
      if (name === 'frame') inTitle = false
    },
    text(text) {
      if (silent === 0) words.text?.(text)
    },
  }
}
