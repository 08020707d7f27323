import { parseXml, prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { relationshipsOf } from './relationships.ts'
import { writeDrawings } from './write-drawings.ts'

const TITLES = new Set(['title', 'ctrTitle'])
/** Repeated on each slide, or kept twice for older programs. */
const SILENT = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'])

/** Writes the words of a presentation; slides are its pages, and speaker notes follow their slide. */
export async function readPptx(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { maxDepth } = limits
  const archive = await ZipArchive.open(bytes, limits, 'PPTX')
  try {
    const root = (await relationshipsOf(archive, '', maxDepth)).find(
      ({ type }) => type === 'officeDocument',
    )
    const presentation = root?.target ?? 'ppt/presentation.xml'
    const parts = new Map(
      (await relationshipsOf(archive, presentation, maxDepth)).map((part) => [part.id, part]),
    )
    const ids = slideIds(await archive.text(presentation), maxDepth)
    for (const [index, id] of ids.entries()) {
      const slide = parts.get(id)?.target
      if (slide === undefined) throw new Error(`no slide ${id}`)
      builder.page(index + 1)
      await writeShapes(archive, slide, builder, maxDepth)
      const related = await relationshipsOf(archive, slide, maxDepth)
      await writeDrawings(archive, related, builder, maxDepth)
      for (const { type, target } of related) {
        if (type === 'notesSlide') await writeShapes(archive, target, builder, maxDepth)
      }
    }
  } catch (error) {
    throw damaged('PPTX', error)
  }
}

function slideIds(xml: string, maxDepth: number): string[] {
  const ids: string[] = []
  const open: XmlHandler['open'] = (name, attributes) => {
    const id = name === 'sldId' ? prefixed(attributes, 'id') : undefined
    if (id !== undefined) ids.push(id)
  }
  parseXml(xml, { open }, maxDepth)
  return ids
}

async function writeShapes(
  archive: ZipArchive,
  part: string,
  builder: TextBuilder,
  maxDepth: number,
): Promise<void> {
  const blocks = new BlockWriter(builder)
  parseXml(await archive.text(part), shapeHandler(blocks), maxDepth)
  blocks.finish()
}

function shapeHandler(blocks: BlockWriter): XmlHandler {
  let placeholder = ''
  let inText = false
  let fallback = 0
  const table = tableHandler(blocks)
  return {
    open(name, attributes) {
      if (name === 'Fallback') fallback++
      if (name === 'sp') placeholder = ''
      if (name === 'ph') placeholder = attributes.type ?? 'body'
      if (name === 't') inText = true
      if (name === 'br' || name === 'tab') blocks.write(name === 'br' ? '\n' : '\t')
      table.open?.(name, attributes)
    },
    close(name) {
      if (name === 'Fallback') fallback--
      if (name === 't') inText = false
      if (name === 'p') blocks.end(TITLES.has(placeholder) ? 1 : 'paragraph')
      if (name === 'sp') placeholder = ''
      table.close?.(name)
    },
    text(text) {
      if (inText && fallback === 0 && !SILENT.has(placeholder)) blocks.write(text)
    },
  }
}

function tableHandler(blocks: BlockWriter): XmlHandler {
  let inHead = false
  return {
    open(name, { firstRow, rowSpan = 1, hMerge, vMerge }) {
      if (name === 'tblPr') inHead = firstRow === '1'
      if (name === 'tc') blocks.openCell(1, hMerge || vMerge ? 0 : Number(rowSpan))
      if (name !== 'tr') return
      blocks.openRow(inHead)
      inHead = false
    },
    close(name) {
      if (name === 'tc') blocks.closeCell()
      if (name === 'tr') blocks.closeRow()
      if (name === 'tbl') blocks.endTable()
    },
  }
}
