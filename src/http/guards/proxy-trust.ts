import { BlockList, isIP } from 'node:net'

/** Which senders may tell where a request came from: none, so many in front of us, or these networks. */
export type ProxyTrust = false | number | readonly string[]

/** @param hop 0 for the one who holds the connection, 1 for the one named by that, and so on */
export type IsTrusted = (address: string, hop: number) => boolean

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

const MOST_HOPS = 16
const NO = ['false', '0', 'no', 'f', 'off']
const YES = ['true', 'yes', 't', 'on', '*']
const REMEDY =
  'name how many proxies stand in front (1), or their addresses (127.0.0.1, 10.0.0.0/8, loopback)'

/** `TRUST_PROXY`. To trust everybody is refused: each caller could then give any address for theirs. */
export function readProxyTrust(
  text: string,
): { readonly value: ProxyTrust } | { readonly problem: string } {
  const word = text.toLowerCase()
  if (NO.includes(word)) return { value: false as const }
  if (/^\d+$/.test(word)) {
    const hops = Number(word)
    return hops <= MOST_HOPS ? { value: hops } : { problem: `must be at most ${MOST_HOPS} hops` }
  }
  const networks = word.split(',').flatMap((item) => item.trim() || [])
  if (YES.includes(word) || networks.some(isEverything)) {
    return {
      problem: `lets every caller choose an address when everybody is trusted; ${REMEDY}`,
    }
  }
  if (networks.length > 0 && networks.every(isNetwork)) return { value: networks }
  return { problem: `must be false, a number of proxies, or addresses; ${REMEDY}` }
}

/** @returns undefined when nobody is trusted */
export function trustedProxies(trust: ProxyTrust): IsTrusted | undefined {
  if (trust === false) return undefined
  if (typeof trust === 'number') return (_address, hop) => hop < trust
  const known = new BlockList()
  for (const item of trust.flatMap((name) => NAMED[name] ?? name)) {
    const [address = '', bits] = item.split('/')
    const [family, all] = isIP(address) === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const)
    known.addSubnet(address, bits === undefined ? all : Number(bits), family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && known.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function isNetwork(text: string): boolean {
  if (Object.hasOwn(NAMED, text)) return true
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  )
}

function isEverything(text: string): boolean {
  return text.endsWith('/0')
}
