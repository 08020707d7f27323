import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { attachmentName } from './attachment-name.ts'
import type { MailMessage } from './mail-message.ts'

/** In characters; a list of a thousand receivers tells nothing. */
const LONGEST_FIELD = 1000

/**
 * Writes a mail: its subject as the heading, from whom it is to whom and when, its words, and which
 * files came with it. Those go along with the text, to be documents of their own.
 */
export async function writeMail(
  mail: MailMessage,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  if (mail.subject !== '') builder.heading(1, mail.subject)
  for (const [name, value] of mail.fields) {
    if (value !== '') builder.line(`${name}: ${value.slice(0, LONGEST_FIELD)}`)
  }
  if (mail.text !== null && mail.text.trim() !== '') builder.paragraph(mail.text)
  else if (mail.html !== null) {
    const { writeHtml } = await import('../markup/html.ts')
    writeHtml(mail.html, builder, limits.maxDepth)
  }
  const { taken, left } = divided(mail, limits)
  if (taken.length > 0)
    builder.paragraph(`Attachments: ${taken.map(({ name }) => name).join(', ')}`)
  if (left.length > 0) {
    const names = left.map(({ name }) => name).join(', ')
    builder.paragraph(`Attachments that are not read: ${names}`)
  }
  for (const attachment of taken) builder.attach(attachment)
}

/** What is too much for one mail is named, and not taken along. */
function divided({ attachments }: MailMessage, limits: ReadLimits) {
  const taken: { name: string; bytes: Uint8Array }[] = []
  const left: { name: string }[] = []
  let room = limits.maxAttachedBytes
  const names = new Set<string>()
  for (const [i, { name: given, bytes }] of attachments.entries()) {
    const name = attachmentName(given, i + 1, names)
    names.add(name)
    if (bytes.length === 0 || bytes.length > room || taken.length >= limits.maxAttachments) {
      if (left.length < limits.maxAttachments) left.push({ name })
      continue
    }
    room -= bytes.length
    taken.push({ name, bytes })
  }
  return { taken, left }
}
