/** Beyond these a name in quotes means something else, or is cut. */
const NOT_PLAIN = /[^\x20-\x7e]|["\\%]/g
const RESERVED = /['()*]/g

/**
 * A header that names a file as its sender did (RFC 6266): plain for old clients, and whole.
 *
 * @param kind `inline` for what a browser may show
 */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    RESERVED,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${name.replace(NOT_PLAIN, '_')}"; filename*=UTF-8''${whole}`
}
