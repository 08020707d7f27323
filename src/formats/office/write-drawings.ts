import { parseXml } from '../markup/parse-xml.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import type { ZipArchive } from '../zip-archive.ts'
import { chartLines } from './chart-lines.ts'
import { type Relationship, relationshipsOf } from './relationships.ts'

/** Writes what the charts, diagrams and drawings say that a part points to, in its order. */
export async function writeDrawings(
  archive: ZipArchive,
  relationships: readonly Relationship[],
  builder: TextBuilder,
  maxDepth: number,
): Promise<void> {
  for (const { type, target } of relationships) {
    if (!archive.has(target)) continue
    if (type === 'chart') {
      for (const line of chartLines(await archive.text(target), maxDepth)) builder.line(line)
    } else if (type === 'diagramData') {
      for (const text of paragraphsOf(await archive.text(target), maxDepth)) builder.line(text)
    } else if (type === 'drawing') {
      // That of a sheet, which holds its text boxes and points to its charts.
      for (const text of paragraphsOf(await archive.text(target), maxDepth)) builder.line(text)
      const inner = await relationshipsOf(archive, target, maxDepth)
      const charts = inner.filter((one) => one.type === 'chart' || one.type === 'diagramData')
      await writeDrawings(archive, charts, builder, maxDepth)
    }
  }
}

/** The paragraphs of DrawingML, whatever they stand in. */
function paragraphsOf(xml: string, maxDepth: number): string[] {
  const paragraphs: string[] = []
  let words: string[] = []
  let inText = false
  let fallback = 0
  parseXml(
    xml,
    {
      open(name) {
        if (name === 'Fallback') fallback++
        if (name === 't') inText = true
        if (name === 'br') words.push('\n')
      },
      close(name) {
        if (name === 'Fallback') fallback--
        if (name === 't') inText = false
        if (name !== 'p') return
        const text = words.join('').trim()
        if (text !== '') paragraphs.push(text)
        words = []
      },
      text(text) {
        if (inText && fallback === 0) words.push(text)
      },
    },
    maxDepth,
  )
  return paragraphs
}
