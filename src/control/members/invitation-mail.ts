import { createTransport } from 'nodemailer'

/** Sends invitations; a mail that cannot be sent is no failure of the invitation. */
export interface InvitationMail {
  /** Whether the mail was taken by the server. */
  send(to: string, about: { readonly tenant: string; readonly link: string }): Promise<boolean>
}

export interface SmtpOptions {
  /** Such as `smtps://name:password@mail.example.com`. */
  readonly url: string
  readonly from: string
  readonly onError?: (error: unknown) => void
}

const TIMEOUT_MS = 15_000

export function smtpMail({ url, from, onError }: SmtpOptions): InvitationMail {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  })
  return {
    async send(to, { tenant, link }) {
      const name = tenant.replaceAll(/[\r\n]+/g, ' ')
      try {
        await transport.sendMail({
          from,
          // As an object: a text would be parsed, and could name further receivers.
          to: { name: '', address: to },
          subject: `Invitation to ${name}`,
          text: `You are invited to ${name}.\n\nAccept or decline here:\n${link}\n\nIf you do not know what this is, you need not do anything.\n`,
        })
        return true
      } catch (error) {
        onError?.(error)
        return false
      }
    },
  }
}
