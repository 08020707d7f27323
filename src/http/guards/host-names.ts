import { isIP } from 'node:net'

/** A host name, or address, with the port that stands behind it, if any. */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/

export interface NamedHost {
  /** In small letters, without a final dot; an IPv6 address without its brackets. */
  readonly name: string
  /** `name:port` as a browser would write it: the usual ports are left out. */
  readonly authority: string
}

/** @returns undefined for what is no host, with or without a port */
export function readHost(text: string): NamedHost | undefined {
  const [, host, port] = AUTHORITY.exec(text.toLowerCase()) ?? []
  if (host === undefined) return undefined
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  if (host !== bare && isIP(bare) !== 6) return undefined
  const name = bare.replace(/\.$/, '')
  const usual = port === undefined || port === '80' || port === '443'
  const shown = host === bare ? name : host
  return { name, authority: usual ? shown : `${shown}:${port}` }
}

/** What `ALLOWED_HOSTS` may name: a host, all below `.host` and that one itself, or `*` for all. */
export function isHostPattern(text: string): boolean {
  return text === '*' || /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)
}

/** Whether a host is among those of a list that {@link isHostPattern} holds of. */
export function hostMatcher(patterns: readonly string[]): (name: string) => boolean {
  const all = patterns.includes('*')
  const exact = new Set<string>()
  const endings: string[] = []
  for (const pattern of patterns.map((one) => one.toLowerCase())) {
    exact.add(pattern.replace(/^\./, ''))
    if (pattern.startsWith('.')) endings.push(pattern)
  }
  return (name) => all || exact.has(name) || endings.some((ending) => name.endsWith(ending))
}

/**
 * Whether no stranger can make the name lead to an address they choose: an address itself, a name
 * of one label, and names below two endings that are never given away.
 */
export function isBeyondDns(name: string): boolean {
  if (isIP(name) !== 0 || !name.includes('.')) return true
  return name.endsWith('.localhost') || name.endsWith('.internal')
}
