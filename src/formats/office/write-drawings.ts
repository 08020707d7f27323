import type { TextBuilder } from '../text/text-builder.ts'
import type { ZipArchive } from '../zip-archive.ts'
import { chartLines } from './chart-lines.ts'
import { paragraphsOf } from './paragraphs-of.ts'
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
