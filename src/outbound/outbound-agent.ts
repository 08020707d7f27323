import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { OutboundError } from './outbound-error.ts'
import { addressIn, isPublicAddress } from './public-address.ts'

export interface OutboundRules {
  /** Whether an address may be connected to; by default those of the public internet. */
  readonly mayReach?: (address: string) => boolean
}

/** In milliseconds. */
const CONNECT_MS = 10_000
const HEADERS_MS = 20_000
const SILENCE_MS = 20_000
/** In bytes. */
const LONGEST_HEAD = 64 * 1024

/**
 * Connections to what tenants name. A name is resolved once, by the connection itself: what was checked
 * is what is connected to, whatever the name stands for a moment later. One name that stands for a
 * public and a private address is refused.
 */
export function outboundAgent({ mayReach = isPublicAddress }: OutboundRules = {}): Agent {
  return new Agent({
    connect: { lookup: checkedLookup(mayReach), timeout: CONNECT_MS },
    connections: 8,
    headersTimeout: HEADERS_MS,
    bodyTimeout: SILENCE_MS,
    maxHeaderSize: LONGEST_HEAD,
  })
}

/**
 * Checks what a URL says by itself, since an address in it is never looked up. To be asked of every
 * URL, those of redirects too, before it is connected to.
 *
 * @throws {OutboundError} with a sentence for whoever named it
 */
export function checkedUrl(url: string, { mayReach = isPublicAddress }: OutboundRules = {}): URL {
  if (!URL.canParse(url)) throw new OutboundError('This is no URL.')
  const parsed = new URL(url)
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new OutboundError('Only http and https can be fetched.')
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new OutboundError('A URL with a name and a password in it is not fetched.')
  }
  const address = addressIn(parsed.hostname)
  if (address !== null && !mayReach(address)) throw privateAddress(parsed.hostname)
  return parsed
}

function checkedLookup(mayReach: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true, verbatim: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const refused = refusal(hostname, addresses, mayReach)
      if (refused) return callback(refused, [])
      if (options.all) return callback(null, addresses)
      const [first] = addresses
      return callback(null, first?.address ?? '', first?.family)
    })
  }
}

function refusal(
  hostname: string,
  addresses: readonly LookupAddress[],
  mayReach: (address: string) => boolean,
): Error | null {
  const isReachable = addresses.length > 0 && addresses.every(({ address }) => isOpen(address))
  return isReachable ? null : privateAddress(hostname)

  function isOpen(address: string): boolean {
    return isIP(address) !== 0 && mayReach(address)
  }
}

/** It names no address: whoever asks shall not learn what a name stands for within the network. */
function privateAddress(hostname: string): OutboundError {
  return new OutboundError(
    `${hostname} is no address of the public internet; it is not connected to.`,
  )
}
