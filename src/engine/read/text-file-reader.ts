import { readFile } from 'node:fs/promises'
import type { FileReader, ReadFile } from '../ports/file-reader.ts'
import { cleanText } from './clean-text.ts'
import { decodeText } from './decode-text.ts'
import { markdownHeadings } from './headings.ts'

const MARKDOWN = /\.(?:md|mdx|markdown)$/i

/** Reads plain text and Markdown, and nothing else. */
export const textFileReader: FileReader = {
  extensions: ['.txt', '.md'],
  async read(path, fileName, { signal } = {}) {
    const bytes = await readFile(path, signal ? { signal } : {})
    return plainText(cleanText(decodeText(bytes)), fileName)
  },
}

/** A text that is clean already; it has headings where its name says that it is Markdown. */
export function plainText(text: string, source: string): ReadFile {
  return { text, pages: [], headings: MARKDOWN.test(source) ? markdownHeadings(text) : [] }
}
