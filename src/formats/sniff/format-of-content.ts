import { decodeMarkup } from '../markup/decode-markup.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { isArchive, isCompoundFile, isPdf, isRtf } from './signatures.ts'

/** The folder in which each kind of Office file has its parts. */
const OFFICE: readonly (readonly [folder: string, extension: string])[] = [
  ['word/', '.docx'],
  ['xl/', '.xlsx'],
  ['ppt/', '.pptx'],
]
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'application/epub+zip': '.epub',
  'application/vnd.oasis.opendocument.text': '.odt',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
  'application/vnd.oasis.opendocument.presentation': '.odp',
}
/** What begins a text of each format. */
const BEGINNINGS: readonly (readonly [expression: RegExp, extension: string])[] = [
  [/^<!doctype html|^<html[\s>]/i, '.html'],
  [/^<\?xml\s/, '.xml'],
  [/^WEBVTT(?:\s|$)/, '.vtt'],
  [/^\d{1,9}\n\d\d:\d\d:\d\d,\d{3} --> /, '.srt'],
]
/** Fields that stand at the head of a mail and of little else. */
const MAIL_FIELDS = /^(?:Received|From|To|Subject|Message-ID|MIME-Version|Return-Path):/gim
const FEWEST_FIELDS = 3
/** In characters. */
const HEAD = 4096
const LONGEST_MEDIA_TYPE = 200

/**
 * The extension by which a file is read whose name tells none, found in its content.
 *
 * @throws {UnreadableFile} when it is nothing that is read
 */
export async function formatOfContent(bytes: Buffer, limits: ReadLimits): Promise<string> {
  if (isPdf(bytes)) return '.pdf'
  if (isRtf(bytes)) return '.rtf'
  if (isCompoundFile(bytes)) return '.msg'
  if (isArchive(bytes)) return formatOfArchive(await ZipArchive.open(bytes, limits, 'ZIP'))
  return formatOfText(decodeMarkup(bytes).text)
}

async function formatOfArchive(archive: ZipArchive): Promise<string> {
  const names = archive.names()
  for (const [folder, extension] of OFFICE) {
    if (names.some((name) => name.startsWith(folder))) return extension
  }
  const type = archive.has('mimetype') ? await archive.text('mimetype').catch(() => '') : ''
  const kept = type
    .slice(0, LONGEST_MEDIA_TYPE)
    .trim()
    .replace(/-template$/, '')
  const format = MEDIA_TYPES[kept]
  if (format !== undefined) return format
  throw new UnreadableFile('The file is an archive of nothing that is read; send what is in it.')
}

function formatOfText(text: string): string {
  const head = text.slice(0, HEAD).replace(/\r\n?/g, '\n').trimStart()
  const found = BEGINNINGS.find(([expression]) => expression.test(head))
  if (found) return found[1]
  const [fields = ''] = head.split('\n\n', 1)
  if ((fields.match(MAIL_FIELDS)?.length ?? 0) >= FEWEST_FIELDS) return '.eml'
  return /^[[{]/.test(head) && isJson(text) ? formatOfJson(text) : '.txt'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function formatOfJson(text: string): string {
  return /^\s*\{/.test(text) && text.includes('"nbformat"') && text.includes('"cells"')
    ? '.ipynb'
    : '.json'
}
