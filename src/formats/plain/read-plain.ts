import { cleanText } from '../../engine/read/clean-text.ts'
import { type Heading, markdownHeadings } from '../../engine/read/headings.ts'
import type { TextBuilder } from '../text/text-builder.ts'

const TEX_LEVELS = ['part', 'chapter', 'section', 'subsection', 'subsubsection']
const TEX_HEADING = /^[ \t]*\\(part|chapter|section|subsection|subsubsection)\*?\{([^{}\n]+)\}/gm

/** Writes a text as it is, with the headings that Markdown and TeX mark in it. */
export function readPlain(text: string, extension: string, builder: TextBuilder): void {
  if (builder.paragraph(text) === null) return
  // The builder cleans in the same way, so these offsets are those of its text.
  const cleaned = cleanText(text)
  for (const { level, title, start } of headingsOf(cleaned, extension)) {
    builder.mark(level, title, start)
  }
}

function headingsOf(text: string, extension: string): Heading[] {
  if (extension === '.md' || extension === '.mdx') return markdownHeadings(text)
  if (extension !== '.tex') return []
  return [...text.matchAll(TEX_HEADING)].map((match) => ({
    level: TEX_LEVELS.indexOf(match[1] ?? '') + 1,
    title: (match[2] ?? '').trim(),
    start: match.index,
  }))
}
