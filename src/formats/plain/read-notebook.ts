import { cleanText } from '../../engine/read/clean-text.ts'
import { markdownHeadings } from '../../engine/read/headings.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'

/** In characters, of what one cell has printed: tables and logs tell little beyond their beginning. */
const LONGEST_OUTPUT = 4000
const FENCE = '```'

type Fields = Readonly<Record<string, unknown>>

/**
 * Writes the cells of a notebook: words with their headings, code, and the beginning of what it has
 * printed. Pictures are left out.
 *
 * @throws {UnreadableFile} when it is no notebook
 */
export function readNotebook(text: string, builder: TextBuilder): void {
  const { cells, metadata } = notebookIn(text)
  const language = languageOf(metadata)
  for (const cell of cells) {
    if (!isFields(cell)) continue
    const source = joined(cell.source)
    if (cell.cell_type === 'code') {
      if (source.trim() !== '') builder.paragraph(`${FENCE}${language}\n${source}\n${FENCE}`)
      for (const output of listOf(cell.outputs)) builder.paragraph(outputText(output))
    } else writeMarkdown(source, builder)
  }
}

function notebookIn(text: string): { cells: readonly unknown[]; metadata: unknown } {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new UnreadableFile('The file is damaged, or no notebook.', { cause })
  }
  if (!isFields(value)) throw new UnreadableFile('The file is damaged, or no notebook.')
  // Before version 4 cells stood in worksheets.
  const [sheet] = listOf(value.worksheets)
  const cells = isFields(sheet) ? sheet.cells : value.cells
  if (!Array.isArray(cells)) throw new UnreadableFile('The file is damaged, or no notebook.')
  return { cells, metadata: value.metadata }
}

function writeMarkdown(source: string, builder: TextBuilder): void {
  const start = builder.paragraph(source)
  if (start === null) return
  for (const heading of markdownHeadings(cleanText(source))) {
    builder.mark(heading.level, heading.title, start + heading.start)
  }
}

function languageOf(metadata: unknown): string {
  const info = isFields(metadata) ? metadata.language_info : undefined
  const name = isFields(info) ? info.name : undefined
  return typeof name === 'string' && /^[\w+#-]{1,30}$/.test(name) ? name : ''
}

function outputText(output: unknown): string {
  if (!isFields(output)) return ''
  const data = isFields(output.data) ? output.data['text/plain'] : undefined
  return joined(output.text ?? data).slice(0, LONGEST_OUTPUT)
}

/** A text, or its lines with their ends. */
function joined(source: unknown): string {
  if (typeof source === 'string') return source
  return listOf(source)
    .filter((line) => typeof line === 'string')
    .join('')
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
