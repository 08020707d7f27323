import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** What IANA keeps for other purposes than the public internet. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24',
  '192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24',
  '224.0.0.0/4 240.0.0.0/4',
].flatMap((line) => line.split(' '))
/** All of IPv6 that is public today is in here, */
const GLOBAL_IPV6 = '2000::/3'
/** but for these: tunnels lead to whatever IPv4 address stands within them. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16']

const SPECIAL = new BlockList()
const GLOBAL = new BlockList()
for (const range of SPECIAL_IPV4) add(SPECIAL, range, 'ipv4')
for (const range of SPECIAL_IPV6) add(SPECIAL, range, 'ipv6')
add(GLOBAL, GLOBAL_IPV6, 'ipv6')

function add(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', bits] = range.split('/')
  list.addSubnet(address, Number(bits), family)
}

/**
 * Whether an address belongs to the public internet, and not to this machine, its network or a purpose
 * of its own. What is no address is not.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL.check(address, 'ipv4')
  // A zone names an interface of this machine.
  if (!isIPv6(address) || address.includes('%')) return false
  return GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

/** The address that stands in a URL in place of a name; null for a name. */
export function addressIn(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? null : bare
}
