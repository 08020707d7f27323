import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { isNameless } from '../engine/documents/file-name.ts'
import { EngineError } from '../engine/ports/engine-error.ts'
import type { ReadFile } from '../engine/ports/file-reader.ts'
import { type DecodedFile, decodeFile } from './encoding/decode-file.ts'
import { TWINS } from './format-twins.ts'
import { decodeHtml, decodeMarkup } from './markup/decode-markup.ts'
import type { ReadLimits } from './reader/read-limits.ts'
import { formatOfContent } from './sniff/format-of-content.ts'
import { TextBuilder } from './text/text-builder.ts'
import { UnreadableFile } from './unreadable-file.ts'

type Reader = (bytes: Buffer, builder: TextBuilder, limits: ReadLimits) => Promise<void> | void

/** Libraries are loaded when the first file of their format comes. */
const READERS: Readonly<Record<string, Reader>> = {
  '.pdf': async (...file) => (await import('./pdf/read-pdf.ts')).readPdf(...file),
  '.docx': async (...file) => (await import('./office/read-docx.ts')).readDocx(...file),
  '.pptx': async (...file) => (await import('./office/read-pptx.ts')).readPptx(...file),
  '.xlsx': async (...file) => (await import('./office/read-xlsx.ts')).readXlsx(...file),
  '.odt': async (...file) => (await import('./opendocument/read-odt.ts')).readOdt(...file),
  '.ods': async (...file) => (await import('./opendocument/read-ods.ts')).readOds(...file),
  '.odp': async (...file) => (await import('./opendocument/read-odp.ts')).readOdp(...file),
  '.epub': async (...file) => (await import('./markup/read-epub.ts')).readEpub(...file),
  '.rtf': async (...file) => (await import('./rtf/read-rtf.ts')).readRtf(...file),
  '.eml': async (...file) => (await import('./mail/read-eml.ts')).readEml(...file),
  '.msg': async (...file) => (await import('./mail/read-msg.ts')).readMsg(...file),
  '.html': readHtml,
  '.xml': async (bytes, builder, { maxDepth }) =>
    (await import('./markup/read-xml.ts')).readXml(
      told(decodeMarkup(bytes), builder),
      builder,
      maxDepth,
    ),
  '.csv': text(async () => (await import('./plain/read-csv.ts')).readCsv),
  '.tsv': text(async () => (await import('./plain/read-csv.ts')).readTsv),
  '.json': text(async () => (await import('./plain/read-json.ts')).readJson),
  '.jsonl': text(async () => (await import('./plain/read-json.ts')).readJsonLines),
  '.ipynb': text(async () => (await import('./plain/read-notebook.ts')).readNotebook),
  '.vtt': text(async () => (await import('./subtitles/read-subtitles.ts')).readSubtitles),
  '.srt': text(async () => (await import('./subtitles/read-subtitles.ts')).readSubtitles),
}

/** A format that is a text in an encoding that it does not tell. */
function text(
  load: () => Promise<(text: string, builder: TextBuilder, maxDepth: number) => void>,
): Reader {
  return async (bytes, builder, { maxDepth }) => {
    const read = await load()
    read(told(decodeFile(bytes), builder), builder, maxDepth)
  }
}

async function readHtml(bytes: Buffer, builder: TextBuilder, { maxDepth }: ReadLimits) {
  const { writeHtml } = await import('./markup/html.ts')
  writeHtml(told(decodeHtml(bytes), builder), builder, maxDepth)
}

function told({ text, encoding }: DecodedFile, builder: TextBuilder): string {
  if (encoding !== null) builder.encodedIn(encoding)
  return text
}

/** The extension that stands for the format: the name's own, or what the content tells. */
async function formatOf(fileName: string, bytes: Buffer, limits: ReadLimits): Promise<string> {
  const extension = extname(fileName).toLowerCase()
  if (isNameless(extension)) return formatOfContent(bytes, limits)
  return TWINS[extension] ?? extension
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
  try {
    const extension = await formatOf(fileName, bytes, limits)
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
