import mammoth from 'mammoth'
import { writeHtml } from '../markup/html.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'

const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='heading 7'] => h6:fresh",
]

/** Leads from a note back to its place. */
const BACK_LINK = /<a href="#(?:foot|end)note-ref-[^"]*">[^<]*<\/a>/g

/** Writes the words of a Word document, with its headings. */
export async function readDocx(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const archive = await ZipArchive.open(bytes, limits, 'DOCX')
  try {
    await archive.verify()
    const { value } = await mammoth.convertToHtml(
      { buffer: bytes },
      {
        styleMap: STYLES,
        includeEmbeddedStyleMap: false,
        externalFileAccess: false,
        // Pictures would come as megabytes of base64.
        convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
      },
    )
    writeHtml(value.replace(BACK_LINK, ''), builder, limits.maxDepth)
  } catch (error) {
    throw damaged('DOCX', error)
  }
}
