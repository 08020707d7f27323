import { UnreadableFile } from '../unreadable-file.ts'
import { HeaderFields } from './header-fields.ts'
import { decodedBody } from './transfer-encoding.ts'

/** A part of a mail that has no parts itself. */
export interface MailPart {
  readonly fields: HeaderFields
  /** Such as `text/plain`. */
  readonly type: string
  readonly bytes: Buffer
}

const DEEPEST = 20
const MOST_PARTS = 1000
const HEAD_ENDS = ['\r\n\r\n', '\n\n']
const DASH = 0x2d
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * The parts of a mail in order, down to those that hold something.
 *
 * @throws {UnreadableFile} when there are too many of them, or one within the other
 */
export function mailParts(mail: Buffer): MailPart[] {
  const parts: MailPart[] = []
  const visit = (bytes: Buffer, fallback: string, depth: number): void => {
    if (depth > DEEPEST) {
      throw new UnreadableFile(`The mail nests parts more than ${DEEPEST} deep.`)
    }
    const { fields, body } = divided(bytes)
    const { value, parameters } = fields.value('content-type')
    const type = value === '' ? fallback : value
    const boundary = parameters.get('boundary')
    if (type.startsWith('multipart/') && boundary) {
      const inner = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
      for (const piece of between(body, boundary)) visit(piece, inner, depth + 1)
      return
    }
    if (parts.length >= MOST_PARTS) {
      throw new UnreadableFile(`The mail has more than ${MOST_PARTS} parts.`)
    }
    const encoding = fields.value('content-transfer-encoding').value
    parts.push({ fields, type, bytes: decodedBody(body, encoding) })
  }
  visit(mail, 'text/plain', 0)
  return parts
}

/** The head of a mail or a part, and the rest of it. */
export function divided(bytes: Buffer): { fields: HeaderFields; body: Buffer } {
  // A part may have no head at all.
  if (bytes[0] === LINE_FEED || (bytes[0] === CARRIAGE_RETURN && bytes[1] === LINE_FEED)) {
    return { fields: new HeaderFields(Buffer.alloc(0)), body: bytes.subarray(1) }
  }
  const ends = HEAD_ENDS.flatMap((end) => {
    const at = bytes.indexOf(end)
    return at === -1 ? [] : [{ at, body: at + end.length }]
  })
  const [first = { at: bytes.length, body: bytes.length }] = ends.sort((a, b) => a.at - b.at)
  return { fields: new HeaderFields(bytes.subarray(0, first.at)), body: bytes.subarray(first.body) }
}

/** What stands between the lines of a boundary; a mail that was cut short has no last one. */
function* between(body: Buffer, boundary: string): Generator<Buffer, void, void> {
  const mark = Buffer.from(`--${boundary}`, 'utf8')
  let start = -1
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    if ((at > 0 && body[at - 1] !== LINE_FEED) || !endsAt(body, at + mark.length)) continue
    if (start !== -1) yield body.subarray(start, lineEndBefore(body, at))
    const after = at + mark.length
    if (body[after] === DASH && body[after + 1] === DASH) return
    const lineEnd = body.indexOf(LINE_FEED, after)
    if (lineEnd === -1) return
    start = lineEnd + 1
  }
  if (start !== -1) yield body.subarray(start)
}

/** Whether a boundary ends here: another one may begin with the same letters. */
function endsAt(body: Buffer, at: number): boolean {
  if (body[at] === DASH) return body[at + 1] === DASH
  return at >= body.length || /^\s$/.test(String.fromCharCode(body[at] ?? 0))
}

/** The line break before a boundary belongs to it. */
function lineEndBefore(body: Buffer, at: number): number {
  if (body[at - 1] !== LINE_FEED) return at
  return body[at - 2] === CARRIAGE_RETURN ? at - 2 : at - 1
}
