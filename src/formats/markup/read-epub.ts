import { posix } from 'node:path'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged, UnreadableFile } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { decodeHtml } from './decode-markup.ts'
import { writeHtml } from './html.ts'
import { parseXml, prefixed } from './parse-xml.ts'

const CONTAINER = 'META-INF/container.xml'
const ENCRYPTION = 'META-INF/encryption.xml'
const PAGES = new Set(['application/xhtml+xml', 'text/html'])

/** Writes the chapters of a book in reading order, with their headings. */
export async function readEpub(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const archive = await ZipArchive.open(bytes, limits, 'EPUB')
  try {
    const encrypted = await encryptedParts(archive, limits.maxDepth)
    for (const part of await chapters(archive, limits.maxDepth)) {
      if (encrypted.has(part)) {
        throw new UnreadableFile('The book is protected against copying and cannot be read.')
      }
      writeHtml(decodeHtml(await archive.read(part)).text, builder, limits.maxDepth)
    }
  } catch (error) {
    throw damaged('EPUB', error)
  }
}

async function chapters(archive: ZipArchive, maxDepth: number): Promise<string[]> {
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
  const parts = new Map<string, string>()
  const order: string[] = []
  parseXml(
    await archive.text(packageFile),
    {
      open(name, { id, href, idref, 'media-type': type = '' }) {
        if (name === 'item' && id && href && PAGES.has(type)) {
          parts.set(id, posix.join(folder, decodeURIComponent(href)))
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
