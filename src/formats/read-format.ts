import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { EngineError } from '../engine/ports/engine-error.ts'
import type { ReadFile } from '../engine/ports/file-reader.ts'
import { type DecodedFile, decodeFile } from './encoding/decode-file.ts'
import { decodeHtml, decodeMarkup } from './markup/decode-markup.ts'
import type { ReadLimits } from './reader/read-limits.ts'
import { TextBuilder } from './text/text-builder.ts'
import { UnreadableFile } from './unreadable-file.ts'

type Reader = (bytes: Buffer, builder: TextBuilder, limits: ReadLimits) => Promise<void> | void

/** Libraries are loaded when the first file of their format comes. */
const READERS: Readonly<Record<string, Reader>> = {
  '.pdf': async (bytes, builder) => (await import('./pdf/read-pdf.ts')).readPdf(bytes, builder),
  '.docx': async (...file) => (await import('./office/read-docx.ts')).readDocx(...file),
  '.pptx': async (...file) => (await import('./office/read-pptx.ts')).readPptx(...file),
  '.xlsx': async (...file) => (await import('./office/read-xlsx.ts')).readXlsx(...file),
  '.odt': async (...file) => (await import('./office/read-odt.ts')).readOdt(...file),
  '.epub': async (...file) => (await import('./markup/read-epub.ts')).readEpub(...file),
  '.rtf': async (...file) => (await import('./rtf/read-rtf.ts')).readRtf(...file),
  '.html': readHtml,
  '.htm': readHtml,
  '.csv': async (bytes, builder) =>
    (await import('./plain/read-csv.ts')).readCsv(told(decodeFile(bytes), builder), builder),
  '.json': async (bytes, builder, { maxDepth }) =>
    (await import('./plain/read-json.ts')).readJson(
      told(decodeFile(bytes), builder),
      builder,
      maxDepth,
    ),
  '.xml': async (bytes, builder, { maxDepth }) =>
    (await import('./markup/read-xml.ts')).readXml(
      told(decodeMarkup(bytes), builder),
      builder,
      maxDepth,
    ),
}

async function readHtml(bytes: Buffer, builder: TextBuilder, { maxDepth }: ReadLimits) {
  const { writeHtml } = await import('./markup/html.ts')
  writeHtml(told(decodeHtml(bytes), builder), builder, maxDepth)
}

function told({ text, encoding }: DecodedFile, builder: TextBuilder): string {
  if (encoding !== null) builder.encodedIn(encoding)
  return text
}

/**
 * Reads one file in this thread; an extension without a reader of its own is text.
 *
 * @throws {UnreadableFile} with a sentence for whoever sent the file
 */
export async function readFormat(
  path: string,
  fileName: string,
  limits: ReadLimits,
): Promise<ReadFile> {
  if ((await stat(path)).size > limits.maxFileBytes) {
    throw new UnreadableFile(`The file is larger than ${limits.maxFileBytes} bytes.`)
  }
  const bytes = await readFile(path)
  const builder = new TextBuilder(limits.maxTextLength)
  const extension = extname(fileName).toLowerCase()
  try {
    const read = READERS[extension]
    if (read) await read(bytes, builder, limits)
    else {
      const { readPlain } = await import('./plain/read-plain.ts')
      readPlain(told(decodeFile(bytes), builder), extension, builder)
    }
  } catch (error) {
    throw error instanceof EngineError ? new UnreadableFile(error.message) : error
  }
  return builder.build()
}
