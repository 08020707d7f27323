import { isIPv6 } from 'node:net'

const LONGEST = 64

/** An address as far as one party holds it: all of an IPv4, the upper half of an IPv6. */
export function networkOf(address: string): string {
  // What is no address was named by somebody else, at any length.
  if (!isIPv6(address)) return address.slice(0, LONGEST)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [upper = '', lower] = address.split('%')[0]?.split('::') ?? []
  const head = upper === '' ? [] : upper.split(':')
  const tail = lower === undefined || lower === '' ? [] : lower.split(':')
  const gap = lower === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
