import { posix } from 'node:path'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged, UnreadableFile } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { decodeHtml } from './decode-markup.ts'
import { drawnLines } from './drawn-lines.ts'
import { writeHtml } from './html.ts'
import { parseXml, prefixed } from './parse-xml.ts'

const CONTAINER = 'META-INF/container.xml'
const ENCRYPTION = 'META-INF/encryption.xml'
const DRAWING = 'image/svg+xml'
const PAGES = new Set(['application/xhtml+xml', 'text/html', DRAWING])

/** Writes the chapters of a book in reading order, with their headings. */
export async function readEpub(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const archive = await ZipArchive.open(bytes, limits, 'EPUB')
  try {
    const encrypted = await encryptedParts(archive, limits.maxDepth)
    for (const { part, type } of await chapters(archive, limits.maxDepth)) {
      if (encrypted.has(part)) {
        throw new UnreadableFile('The book is protected against copying and cannot be read.')
      }
      const { text } = decodeHtml(await archive.read(part))
      if (type === DRAWING) for (const line of drawnLines(text, limits.maxDepth)) builder.line(line)
      else writeHtml(text, builder, limits.maxDepth)
    }
  } catch (error) {
    throw damaged('EPUB', error)
  }
}

interface Chapter {
  readonly part: string
  readonly type: string
}

async function chapters(archive: ZipArchive, maxDepth: number): Promise<Chapter[]> {
  let packageFile = ''
  parseXml(
    await archive.text(CONTAINER),
    {
      open(name, attributes) {
        if (name === 'rootfile' && packageFile === '') packageFile = attributes['full-path'] ?? ''
      },
    },
    maxDepth,
  )
  const folder = posix.dirname(packageFile)
  const parts = new Map<string, Chapter>()
  const order: string[] = []
  parseXml(
    await archive.text(packageFile),
    {
      open(name, { id, href, idref, 'media-type': type = '' }) {
        if (name === 'item' && id && href && PAGES.has(type)) {
          parts.set(id, { part: posix.join(folder, decodeURIComponent(href)), type })
        }
        if (name === 'itemref' && idref) order.push(idref)
      },
    },
    maxDepth,
  )
  return order.flatMap((id) => parts.get(id) ?? [])
}

/** Fonts are often disguised, which concerns nobody here; chapters are locked by copy protection. */
async function encryptedParts(archive: ZipArchive, maxDepth: number): Promise<Set<string>> {
  const parts = new Set<string>()
  if (!archive.has(ENCRYPTION)) return parts
  parseXml(
    await archive.text(ENCRYPTION),
    {
      open(name, attributes) {
        const uri = attributes.URI ?? prefixed(attributes, 'URI')
        if (name === 'CipherReference' && uri) parts.add(decodeURIComponent(uri))
      },
    },
    maxDepth,
  )
  return parts
}
