import { parseXml } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { chartLines } from './chart-lines.ts'
import { paragraphsOf } from './paragraphs-of.ts'
import { type Relationship, relationshipsOf } from './relationships.ts'
import { wordBody } from './word/word-body.ts'
import { readNotes } from './word/word-notes.ts'
import { WordNumbers } from './word/word-numbers.ts'
import { WordStyles } from './word/word-styles.ts'

/** Writes the words of a Word document, with its headings. */
export async function readDocx(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { maxDepth } = limits
  const archive = await ZipArchive.open(bytes, limits, 'DOCX')
  try {
    const roots = await relationshipsOf(archive, '', maxDepth)
    const body = roots.find(({ type }) => type === 'officeDocument')?.target ?? 'word/document.xml'
    const parts = await relationshipsOf(archive, body, maxDepth)
    const partText = async (type: string) => {
      const target = parts.find((part) => part.type === type)?.target
      return target && archive.has(target) ? archive.text(target) : null
    }
    /** Once, for most sections repeat what stands above and below the pages of the one before. */
    const writeEach = async (type: 'header' | 'footer') => {
      const texts = new Set<string>()
      for (const part of parts) {
        if (part.type !== type || !archive.has(part.target)) continue
        for (const text of paragraphsOf(await archive.text(part.target), maxDepth)) texts.add(text)
      }
      for (const text of texts) builder.paragraph(text)
    }
    const blocks = new BlockWriter(builder)
    const handler = wordBody(blocks, {
      styles: new WordStyles(await partText('styles'), maxDepth),
      numbers: new WordNumbers(await partText('numbering'), maxDepth),
      notes: await notesIn(partText, limits),
      charts: await chartsIn(archive, parts, maxDepth),
    })
    if (limits.readHidden) await writeEach('header')
    parseXml(await archive.text(body), handler, maxDepth)
    blocks.finish()
    if (limits.readHidden) await writeEach('footer')
  } catch (error) {
    throw damaged('DOCX', error)
  }
}

async function notesIn(
  partText: (type: string) => Promise<string | null>,
  { maxDepth, readHidden }: ReadLimits,
): Promise<Map<string, string>> {
  const notes = new Map<string, string>()
  for (const kind of ['footnote', 'endnote', ...(readHidden ? ['comment'] : [])]) {
    const xml = await partText(`${kind}s`)
    if (xml !== null) readNotes(xml, `${kind}Reference`, notes, maxDepth)
  }
  return notes
}

async function chartsIn(
  archive: ZipArchive,
  parts: readonly Relationship[],
  maxDepth: number,
): Promise<Map<string, readonly string[]>> {
  const charts = new Map<string, readonly string[]>()
  for (const { id, type, target } of parts) {
    if (type !== 'chart' || !archive.has(target)) continue
    charts.set(id, chartLines(await archive.text(target), maxDepth))
  }
  return charts
}
