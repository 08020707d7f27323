import { cleanText } from '../../engine/read/clean-text.ts'
import { type Heading, markdownHeadings } from '../../engine/read/headings.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { asciidocHeadings, orgHeadings, restHeadings } from './text-headings.ts'

const TEX_LEVELS = ['part', 'chapter', 'section', 'subsection', 'subsubsection']
const TEX_HEADING = /^[ \t]*\\(part|chapter|section|subsection|subsubsection)\*?\{([^{}\n]+)\}/gm

/** Writes a text as it is, with the headings that Markdown, TeX and their like mark in it. */
export function readPlain(text: string, extension: string, builder: TextBuilder): void {
  if (builder.paragraph(text) === null) return
  // The builder cleans in the same way, so these offsets are those of its text.
  const cleaned = cleanText(text)
  for (const { level, title, start } of headingsOf(cleaned, extension)) {
    builder.mark(level, title, start)
  }
}

function headingsOf(text: string, extension: string): Heading[] {
  switch (extension) {
    case '.md':
    case '.mdx':
      return markdownHeadings(text)
    case '.tex':
      return texHeadings(text)
    case '.rst':
      return restHeadings(text)
    case '.org':
      return orgHeadings(text)
    case '.adoc':
      return asciidocHeadings(text)
    default:
      return []
  }
}

function texHeadings(text: string): Heading[] {
  return [...text.matchAll(TEX_HEADING)].map((match) => ({
    level: TEX_LEVELS.indexOf(match[1] ?? '') + 1,
    title: (match[2] ?? '').trim(),
    start: match.index,
  }))
}
