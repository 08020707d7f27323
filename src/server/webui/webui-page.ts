import type { BuiltWebUi } from './built-files.ts'

/** What the page is told of the server; nothing of any tenant but the name in its own host. */
export interface PageFacts {
  /** Below which path callers see the server; empty at the root. */
  readonly prefix: string
  /** The tenant that the name of the host stands for. */
  readonly lockedTenant: string | undefined
}

/** Where the build leaves room for the base of all links. */
const BASE = '<base href="/webui/">'

/**
 * Only the page's own scripts and styles, nobody else's and none within the page; what it may show and
 * ask is this server's. A script that makes a script of a text is refused (Trusted Types).
 */
export const WEBUI_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self' blob:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types app dompurify',
].join('; ')

/** Headers of every answer below `/webui/`. */
export const WEBUI_HEADERS = {
  'content-security-policy': WEBUI_CSP,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const

/** The page as one caller is to see it. */
export function pageFor({ page }: BuiltWebUi, { prefix, lockedTenant }: PageFacts): string {
  const base = `<base href="${prefix}/webui/">`
  const locked =
    lockedTenant === undefined ? '' : `<meta name="locked-tenant" content="${lockedTenant}">`
  return page.replace(BASE, `${base}${locked}`)
}

/** What stands where the web UI would, on a server that was started without it. */
export const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Web UI</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>The web UI is not built</h1>
<p>The API works without it. To have it, run <code>npm ci &amp;&amp; npm run build:web</code> in the
folder of the program and start the server again.</p>
</body></html>
`
