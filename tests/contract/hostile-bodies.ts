import { gzipSync } from 'node:zlib'

/** A body of a kind that has brought servers down, as long as one likes. */
export interface HostileBody {
  readonly name: string
  readonly contentType: string | undefined
  readonly encoding?: string
  /** The body at about this length, in bytes. */
  of(bytes: number): Buffer
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** @param unit repeated within, to the length that is asked for */
function body(
  name: string,
  head: string,
  unit: string,
  tail: string,
  contentType: string | undefined = JSON_TYPE,
): HostileBody {
  const of = (bytes: number) => {
    const times = Math.max(1, Math.floor((bytes - head.length - tail.length) / unit.length))
    const within = unit.repeat(times)
    return Buffer.from(`${head}${unit.endsWith(',') ? within.slice(0, -1) : within}${tail}`)
  }
  return { name, contentType, of }
}

const packed: HostileBody = {
  name: 'packed zeros',
  contentType: JSON_TYPE,
  encoding: 'gzip',
  // A thousandth of what it unpacks to.
  of: (bytes) => {
    const zeros = gzipSync(Buffer.alloc(Math.min(bytes * 1000, 16 * 1024 * 1024)))
    return Buffer.concat([zeros, Buffer.alloc(Math.max(0, bytes - zeros.length))])
  },
}

/** Whatever they are, each is refused by who has nothing to say to them. */
export const HOSTILE_BODIES: readonly HostileBody[] = [
  body('objects', '{"token":"x","y":[', '{"a":{}},', ']}'),
  body('lists', '{"token":"x","y":[', '[],', ']}'),
  body('numbers', '{"token":"x","y":[', '1,', ']}'),
  body('short texts', '{"token":"x","y":[', '"ab",', ']}'),
  body('one long text', '{"token":"', 'x', '"}'),
  body('escapes', '{"token":"', '\\u0041\\"', '"}'),
  body('depth', '', '[', ''),
  body('depth of objects', '', '{"a":', '1'),
  body('no JSON', '', 'nonsense ', ''),
  body('a form', 'username=x', '&a=1', '', FORM_TYPE),
  body('a form with a long name', '', 'a%5B%5D', '=1', FORM_TYPE),
  body(
    'a form in parts',
    '--b\r\nContent-Disposition: form-data; name="username"\r\n\r\n',
    'x',
    '\r\n--b--\r\n',
    'multipart/form-data; boundary=b',
  ),
  body('bytes of no type', '', '\u0000\u0001', '', undefined),
  packed,
]
