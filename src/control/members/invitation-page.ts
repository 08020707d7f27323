import { createHash } from 'node:crypto'
import type { InvitationOffer } from './invitation-offer.ts'

/** What the page says besides the invitation. */
export interface PageState {
  readonly offer: InvitationOffer
  /** What was wrong with the last attempt, as a sentence. */
  readonly problem?: string
  /** The name that was typed then. */
  readonly username?: string
}

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}' +
  'label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}' +
  'label{margin-top:1rem}input,button{padding:.5rem}button{margin-top:.75rem}' +
  '[role=alert]{border-left:.25rem solid #b00020;padding-left:.75rem}'

/** No script, no picture, no frame: only the page's own style, and its form to where it came from. */
export const PAGE_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page on which an invitation is accepted or declined. It sends its form to its own address. */
export function invitationPage({ offer, problem, username = '' }: PageState): string {
  const create = '<button name="action" value="create">Make an account and accept</button>'
  return page(
    `Invitation to ${offer.tenantName}`,
    `<p>You are invited to <strong><bdi>${escaped(offer.tenantName)}</bdi></strong> as <strong>${escaped(offer.role)}</strong>.</p>
${problem === undefined ? '' : `<p role="alert">${escaped(problem)}</p>`}
<form method="post" accept-charset="utf-8">
<label for="username">Name</label>
<input id="username" name="username" value="${escaped(username)}" required maxlength="128" autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">Password${offer.forAccount ? '' : ', at least 8 characters for a new account'}</label>
<input id="password" name="password" type="password" required maxlength="72">
${offer.forAccount ? '' : create}
<button name="action" value="join">Accept with the account I have</button>
<button name="action" value="decline" formnovalidate>Decline</button>
</form>`,
  )
}

/** A page that says one thing. */
export function sentencePage(title: string, sentence: string): string {
  return page(title, `<p>${escaped(sentence)}</p>`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><style>${STYLE}</style>
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title></head>
<body><h1>${escaped(title)}</h1>
${body}
</body></html>
`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
