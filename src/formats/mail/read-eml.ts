import { decodedAs, decodeFile } from '../encoding/decode-file.ts'
import { decodeHtml } from '../markup/decode-markup.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import type { HeaderFields } from './header-fields.ts'
import type { MailMessage } from './mail-message.ts'
import { divided, type MailPart, mailParts } from './mail-parts.ts'
import { writeMail } from './write-mail.ts'

const SHOWN = [
  ['From', 'from'],
  ['To', 'to'],
  ['Cc', 'cc'],
  ['Date', 'date'],
] as const
/** Of which a mail has one at least. */
const TELLING = ['from', 'to', 'subject', 'date', 'received', 'message-id', 'mime-version']

/**
 * Writes a mail as it is sent (RFC 5322), and takes along what is attached to it.
 *
 * @throws {UnreadableFile} when it is no mail, or has too many parts
 */
export async function readEml(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { fields } = divided(bytes)
  if (!TELLING.some((name) => fields.words(name) !== '')) {
    throw new UnreadableFile('The file is damaged, or no mail.')
  }
  await writeMail(messageOf(fields, mailParts(bytes)), builder, limits)
}

function messageOf(fields: HeaderFields, parts: readonly MailPart[]): MailMessage {
  const texts: string[] = []
  let html: string | null = null
  const attachments: { name: string; bytes: Uint8Array }[] = []
  for (const part of parts) {
    const name = nameOf(part)
    if (name === null && part.type === 'text/plain') texts.push(textOf(part))
    else if (name === null && part.type === 'text/html') html ??= htmlOf(part)
    else if (!isInline(part)) {
      attachments.push({ name: name || defaultName(part), bytes: part.bytes })
    }
  }
  return {
    subject: fields.words('subject'),
    fields: SHOWN.map(([name, field]) => [name, fields.words(field)] as const),
    text: texts.length === 0 ? null : texts.join('\n\n'),
    html,
    attachments,
  }
}

/** Null for a part that is the text of the mail. */
function nameOf({ fields, type }: MailPart): string | null {
  const { value, parameters } = fields.value('content-disposition')
  const name = parameters.get('filename') ?? fields.value('content-type').parameters.get('name')
  if (name !== undefined) return name
  return value === 'attachment' || !type.startsWith('text/') ? '' : null
}

/** A picture of the page, such as a logo, that it points to by its id. */
function isInline({ fields, type }: MailPart): boolean {
  const isPicture = type.startsWith('image/') && fields.words('content-id') !== ''
  return isPicture && fields.value('content-disposition').value !== 'attachment'
}

/** Of a mail within a mail, which has no name; of what else there is, none. */
function defaultName({ type, bytes }: MailPart): string {
  if (type !== 'message/rfc822') return ''
  const { fields: inner } = divided(bytes)
  return `${inner.words('subject').slice(0, 100) || 'mail'}.eml`
}

function textOf({ fields, bytes }: MailPart): string {
  const charset = fields.value('content-type').parameters.get('charset') ?? ''
  const declared = charset === '' ? null : decodedAs(bytes, charset)
  return declared?.text ?? decodedAnyhow(bytes)
}

function htmlOf({ fields, bytes }: MailPart): string {
  const charset = fields.value('content-type').parameters.get('charset') ?? ''
  const declared = charset === '' ? null : decodedAs(bytes, charset)
  return declared?.text ?? decodeHtml(bytes).text
}

/** Words of a mail that cannot be told for sure are better than none of it. */
function decodedAnyhow(bytes: Buffer): string {
  try {
    return decodeFile(bytes).text
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    return bytes.toString('latin1')
  }
}
