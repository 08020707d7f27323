import Module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js'
import { cleanText } from '../../engine/read/clean-text.ts'
import { type OcrSettings, readPicture } from '../ocr/read-picture.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged, UnreadableFile } from '../unreadable-file.ts'
import { HeadingLines } from './heading-lines.ts'
import { pageNotes } from './page-notes.ts'
import { pagePictures } from './page-pictures.ts'
import { pageText } from './pdf-lines.ts'
import { type OutlineEntry, outlineOf } from './pdf-outline.ts'

const require = createRequire(import.meta.url)

/** Stands for classes that only drawing needs. */
class NotDrawn {}

/**
 * The PDF library, without what it would load to draw pages: native code has no place in a thread
 * that may be ended at any moment.
 */
async function loadPdfjs() {
  try {
    const canvas = createRequire(require.resolve('pdfjs-dist')).resolve('@napi-rs/canvas')
    require.cache[canvas] ??= Object.assign(new Module(canvas), { loaded: true })
  } catch {
    // Not installed, which is as good.
  }
  for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: NotDrawn })
  }
  return import('pdfjs-dist/legacy/build/pdf.mjs')
}

/** Folders of the library, with the slash that it asks for. */
function pdfjsFolder(name: 'cmaps' | 'standard_fonts'): string {
  return `${join(dirname(require.resolve('pdfjs-dist/package.json')), name)}/`
}

/** In a dictionary, the length of the file. */
const LENGTH = /^[^>]*?\/L\s+(\d+)/
/** Some programs write a few bytes before the beginning. */
const HEAD_BYTES = 1024

/**
 * Writes the text of a PDF page by page, with the values of its forms and its notes; its bookmarks are
 * the headings. Of a page without words its pictures are read, where a program does that.
 */
export async function readPdf(
  bytes: Buffer,
  builder: TextBuilder,
  { ocr }: Pick<ReadLimits, 'ocr'>,
): Promise<void> {
  refuseIncomplete(bytes)
  const pdf = await openPdf(bytes)
  try {
    const outline = await outlineOf(pdf)
    let found = false
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number)
      const { items } = await page.getTextContent()
      const text = pageText(items) || (ocr === null ? '' : await pictureText(page, ocr))
      builder.page(number)
      const start = builder.paragraph(text)
      const entries = outline.filter((entry) => entry.page === number)
      if (start !== null) markHeadings(entries, cleanText(text), start, builder)
      const notes = await pageNotes(page)
      for (const note of notes) builder.line(note)
      found ||= start !== null || notes.length > 0
      page.cleanup()
    }
    if (!found) throw new UnreadableFile(ocr === null ? NO_TEXT : NO_TEXT_SEEN)
  } catch (error) {
    throw damaged('PDF', error)
  } finally {
    await pdf.loadingTask.destroy()
  }
}

const NO_TEXT =
  'The PDF holds no text; pictures of text, such as scans, are read only where OCR_PROGRAM names a program that reads them.'
const NO_TEXT_SEEN = 'The PDF holds no text, and none was found in its pictures.'

async function pictureText(page: PDFPageProxy, ocr: OcrSettings): Promise<string> {
  const { OPS } = await loadPdfjs()
  const texts: string[] = []
  for (const picture of await pagePictures(page, OPS)) {
    texts.push((await readPicture(ocr, picture)).trim())
  }
  return texts.filter((text) => text !== '').join('\n\n')
}

/** The library repairs what it can, and would make a short document of half a file. */
function refuseIncomplete(bytes: Buffer): void {
  const head = bytes.subarray(0, HEAD_BYTES).toString('latin1')
  if (!head.includes('%PDF-')) throw new UnreadableFile('The file is damaged, or no PDF file.')
  const linearized = head.indexOf('/Linearized')
  const declared = linearized === -1 ? undefined : LENGTH.exec(head.slice(linearized))?.[1]
  if (!bytes.includes('%%EOF') || Number(declared ?? 0) > bytes.length) {
    throw new UnreadableFile('The PDF is cut short: its end is missing.')
  }
}

async function openPdf(bytes: Buffer): Promise<PDFDocumentProxy> {
  const pdfjs = await loadPdfjs()
  const task = pdfjs.getDocument({
    data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    cMapUrl: pdfjsFolder('cmaps'),
    cMapPacked: true,
    standardFontDataUrl: pdfjsFolder('standard_fonts'),
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  })
  try {
    return await task.promise
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new UnreadableFile('The PDF is protected by a password; save it without one.')
    }
    throw damaged('PDF', error)
  }
}

function markHeadings(
  entries: readonly OutlineEntry[],
  text: string,
  start: number,
  builder: TextBuilder,
): void {
  if (entries.length === 0) return
  const lines = new HeadingLines(text)
  let from = 0
  for (const { level, title } of entries) {
    // Headings stay in order, also where the words of one are not found.
    from = lines.find(title, from) ?? from
    builder.mark(level, title, start + from)
  }
}
