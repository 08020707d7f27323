import { decodeBytes } from '../encoding/decode-bytes.ts'
import { decodeHtml } from '../markup/decode-markup.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { damaged, UnreadableFile } from '../unreadable-file.ts'
import { type CompoundEntry, CompoundFile } from './compound-file.ts'
import type { MailAttachment, MailMessage } from './mail-message.ts'
import { writeMail } from './write-mail.ts'

/** Properties of MAPI, as the names of streams have them. */
const SUBJECT = '0037'
const BODY = '1000'
const HTML = '1013'
const SENDER_NAME = '0C1A'
const SENDER_ADDRESS = '0C1F'
const SENDER_SMTP = '5D01'
const TO = '0E04'
const CC = '0E03'
const DATA = '3701'
const LONG_FILE_NAME = '3707'
const FILE_NAME = '3704'
const DISPLAY_NAME = '3001'
const SENT = 0x00390040
const DELIVERED = 0x0e060040

const PROPERTIES = '__properties_version1.0'
const ATTACHMENT = /^__attach_version1\.0_/
const EMBEDDED = `__substg1.0_${DATA}000D`
/** Of the fixed properties of a message, and of one within another. */
const HEADS = [32, 24]
const PROPERTY = 16
/** From 1601 to 1970, in milliseconds. */
const EPOCH = 11_644_473_600_000n
/** Attached to a mail that is attached to a mail. */
const DEEPEST = 8

/**
 * Writes a mail that Outlook has saved, and takes along what is attached to it. A mail within it comes
 * as its text.
 *
 * @throws {UnreadableFile} when it is none
 */
export async function readMsg(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  try {
    const root = new CompoundFile(bytes).root()
    if (!root.some(({ name }) => name === PROPERTIES)) {
      throw new UnreadableFile(
        'The file is no mail of Outlook; save a document of an older format anew.',
      )
    }
    await writeMail(messageOf(root, 0), builder, limits)
  } catch (error) {
    throw damaged('Outlook mail', error)
  }
}

function messageOf(entries: readonly CompoundEntry[], depth: number): MailMessage {
  const sender = textOf(entries, SENDER_NAME)
  const address = textOf(entries, SENDER_SMTP) || textOf(entries, SENDER_ADDRESS)
  // Addresses within a company are paths of its directory, which tell a reader nothing.
  const shown = address.includes('@') && address !== sender ? `${sender} <${address}>` : sender
  return {
    subject: textOf(entries, SUBJECT),
    fields: [
      ['From', shown.trim()],
      ['To', textOf(entries, TO)],
      ['Cc', textOf(entries, CC)],
      ['Date', sentAt(entries)],
    ],
    text: textOf(entries, BODY) || null,
    html: htmlOf(entries),
    attachments: entries
      .filter(({ name }) => ATTACHMENT.test(name))
      // Their names are numbered; how they are stored tells no order.
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ children }) => attachmentOf(children, depth)),
  }
}

function attachmentOf(entries: readonly CompoundEntry[], depth: number): MailAttachment[] {
  const name =
    textOf(entries, LONG_FILE_NAME) || textOf(entries, FILE_NAME) || textOf(entries, DISPLAY_NAME)
  const embedded = entries.find((entry) => entry.name === EMBEDDED)
  if (embedded) {
    if (depth >= DEEPEST) return []
    const { subject, fields, text, html, attachments } = messageOf(embedded.children, depth + 1)
    const head = fields.flatMap(([field, value]) => (value === '' ? [] : [`${field}: ${value}`]))
    const words = [subject, head.join('\n'), text ?? html ?? ''].join('\n\n')
    const type = text === null && html !== null ? 'html' : 'txt'
    const own = { name: `${subject || name || 'mail'}.${type}`, bytes: Buffer.from(words) }
    return [own, ...attachments]
  }
  const data = streamOf(entries, `${DATA}0102`)
  return data === null ? [] : [{ name, bytes: data }]
}

function htmlOf(entries: readonly CompoundEntry[]): string | null {
  const bytes = streamOf(entries, `${HTML}0102`)
  if (bytes !== null) return decodeHtml(bytes).text
  return textOf(entries, HTML) || null
}

/** In Unicode, or in the code page of who wrote it. */
function textOf(entries: readonly CompoundEntry[], property: string): string {
  const wide = streamOf(entries, `${property}001F`)
  if (wide !== null) return wide.toString('utf16le').replaceAll('\0', '').trim()
  const narrow = streamOf(entries, `${property}001E`)
  return narrow === null ? '' : decodeBytes(narrow, 'windows-1252').replaceAll('\0', '').trim()
}

function streamOf(entries: readonly CompoundEntry[], property: string): Buffer | null {
  return entries.find(({ name }) => name === `__substg1.0_${property}`)?.stream?.() ?? null
}

function sentAt(entries: readonly CompoundEntry[]): string {
  const bytes = entries.find(({ name }) => name === PROPERTIES)?.stream?.()
  if (!bytes) return ''
  for (const tag of [SENT, DELIVERED]) {
    for (const head of HEADS) {
      for (let at = head; at + PROPERTY <= bytes.length; at += PROPERTY) {
        if (bytes.readUInt32LE(at) === tag) return timeOf(bytes.readBigUInt64LE(at + 8))
      }
    }
  }
  return ''
}

/** @param ticks of 100 ns, since 1601 */
function timeOf(ticks: bigint): string {
  const time = new Date(Number(ticks / 10_000n - EPOCH))
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 16).replace('T', ' ')
}
