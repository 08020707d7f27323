import type { DocumentRecord } from '../ports/document-record.ts'
import type { ReadFile } from '../ports/file-reader.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { CutText, TextCutter, TextToCut } from '../ports/text-cutter.ts'
import { tableHeadsAt, tablesIn } from '../text/table-heads.ts'
import { chunkOutlines } from './chunk-outline.ts'
import { keptPlan } from './chunking.ts'
import { cutText } from './cut-text.ts'
import { documentTitle } from './document-title.ts'
import { headingsAbove, markdownHeadings } from './headings.ts'

/** A document with the plan by which it is cut: the one that was made when it was taken in. */
export function documentToCut(
  { filePath, chunking }: Pick<DocumentRecord, 'filePath' | 'chunking'>,
  { text, headings, pages }: ReadFile,
  settings: EngineSettings,
): TextToCut {
  return { text, filePath, headings, pages, plan: keptPlan(chunking, settings) }
}

/** Cuts in the thread that calls it, which lets others have their turns. */
export const CUTS_HERE: TextCutter = {
  async cut({ text, filePath, headings: given, pages, plan }): Promise<CutText> {
    const isMarkdown = plan.strategy === 'markdown' && given.length === 0
    const headings = isMarkdown ? markdownHeadings(text) : given
    const chunks = await cutText(text, { headings, pages }, plan)
    const title = documentTitle(text, filePath)
    const places = chunks.map((chunk) => chunk.start + 1)
    // What stands in the middle of a table does not tell what its columns are.
    const heads = tableHeadsAt(tablesIn(text), places)
    const above = headingsAbove(headings, places).map((path, i) => titled(title, path, heads[i]))
    return { chunks, above, outlines: chunkOutlines(chunks, pages, headings, title) }
  },
}

function titled(
  title: string | null,
  headings: readonly string[],
  head: string | null | undefined,
): string[] {
  const all = [title, ...headings, head].filter((one) => typeof one === 'string')
  return [...new Set(all)]
}
