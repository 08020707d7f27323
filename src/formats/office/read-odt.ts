import { parseXml, prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged, UnreadableFile } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'

const SILENT = new Set(['tracked-changes', 'annotation', 'note-citation', 'forms', 'desc', 'title'])
const LONGEST_SPACE = 100

/** Writes the words of an OpenDocument text, with its headings. */
export async function readOdt(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const archive = await ZipArchive.open(bytes, limits, 'ODT')
  try {
    await refuseEncrypted(archive)
    const blocks = new BlockWriter(builder)
    parseXml(await archive.text('content.xml'), bodyHandler(blocks), limits.maxDepth)
    blocks.finish()
  } catch (error) {
    throw damaged('ODT', error)
  }
}

async function refuseEncrypted(archive: ZipArchive): Promise<void> {
  const manifest = 'META-INF/manifest.xml'
  if (!archive.has(manifest)) return
  if ((await archive.text(manifest)).includes('encryption-data')) {
    throw new UnreadableFile('The file is protected by a password; save it without one.')
  }
}

function bodyHandler(blocks: BlockWriter): XmlHandler {
  let body = 0
  let silent = 0
  let notes = 0
  let level = 1
  let prefix = ''
  const table = tableHandler(blocks)
  return {
    open(name, attributes) {
      if (name === 'body') body++
      if (SILENT.has(name)) silent++
      if (silent > 0) return
      if (name === 'h') level = Number(prefixed(attributes, 'outline-level') ?? 1) || 1
      if (name === 'list-item') prefix = '- '
      // A note stands within its paragraph, and so do its words.
      if (name === 'note' && notes++ === 0) blocks.write(' (')
      table.open?.(name, attributes)
      blocks.write(whiteSpace(name, attributes))
    },
    close(name) {
      if (SILENT.has(name)) silent--
      if (silent > 0) return
      if (name === 'note' && --notes === 0) blocks.write(')')
      if (notes > 0) return
      if (name === 'h') blocks.end(Math.min(level, 6))
      if (name === 'p') {
        blocks.end(prefix === '' ? 'paragraph' : 'line', prefix)
        prefix = ''
      }
      table.close?.(name)
    },
    text(text) {
      if (body > 0 && silent === 0) blocks.write(text.replace(/[ \t\r\n]+/g, ' '))
    },
  }
}

function tableHandler(blocks: BlockWriter): XmlHandler {
  let inHead = false
  return {
    open(name, attributes) {
      if (name === 'table-header-rows') inHead = true
      if (name === 'table-row') blocks.openRow(inHead)
      if (name === 'covered-table-cell') blocks.openCell(1, 0)
      if (name !== 'table-cell') return
      blocks.openCell(
        Number(prefixed(attributes, 'number-columns-repeated')),
        Number(prefixed(attributes, 'number-rows-spanned') ?? 1),
      )
    },
    close(name) {
      if (name === 'table-cell' || name === 'covered-table-cell') blocks.closeCell()
      if (name === 'table-row') blocks.closeRow()
      if (name === 'table-header-rows') inHead = false
      if (name === 'table') blocks.endTable()
    },
  }
}

/** The format has elements for spaces and line breaks. */
function whiteSpace(name: string, attributes: Readonly<Record<string, string>>): string {
  if (name === 'tab') return '\t'
  if (name === 'line-break') return '\n'
  if (name !== 's') return ''
  return ' '.repeat(Math.min(LONGEST_SPACE, Number(prefixed(attributes, 'c')) || 1))
}
