/** Bytes of a file from one to another, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

/**
 * What a header `Range` asks for: null for all, as for several ranges or units of another kind, and
 * `none` for what lies beyond the end.
 *
 * @param size of the file, in bytes
 */
export function byteRange(header: string | undefined, size: number): ByteRange | 'none' | null {
  const found = RANGE.exec(header?.trim() ?? '')
  const [, from = '', to = ''] = found ?? []
  if (found === null || (from === '' && to === '')) return null
  if (from === '') {
    const count = Math.min(size, Number(to))
    return count === 0 ? 'none' : { first: size - count, last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(size - 1, Number(to))
  if (to !== '' && Number(to) < first) return null
  return first >= size ? 'none' : { first, last }
}

/** Whether a header `If-None-Match` names this tag. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((one) => {
    const bare = one.trim().replace(/^W\//, '')
    return bare === '*' || bare === tag
  })
}
