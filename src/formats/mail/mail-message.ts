/** A file that came with a mail. */
export interface MailAttachment {
  /** As its sender called it; empty where it has no name. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a mail says, whatever it is stored in. */
export interface MailMessage {
  readonly subject: string
  /** Names and values of what stands above the words, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly text: string | null
  /** Asked where there is no text. */
  readonly html: string | null
  readonly attachments: readonly MailAttachment[]
}
