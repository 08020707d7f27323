const EQUALS = 0x3d
const SPACE = 0x20
const TAB = 0x09
const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

/** The bytes of a part as they were before they were sent. @param encoding in lower case */
export function decodedBody(body: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64')
  return encoding === 'quoted-printable' ? fromQuotedPrintable(body) : body
}

/** What is no code in it stays as it is. */
export function fromQuotedPrintable(body: Buffer): Buffer {
  const decoded = Buffer.alloc(body.length)
  let length = 0
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0
    if (byte !== EQUALS) {
      decoded[length++] = byte
      continue
    }
    const end = softBreak(body, at + 1)
    if (end !== null) {
      at = end
      continue
    }
    const code = codeAt(body, at + 1)
    decoded[length++] = code ?? EQUALS
    if (code !== null) at += 2
  }
  return decoded.subarray(0, length)
}

/** Where a line ends that goes on in the next; null when none does here. */
function softBreak(body: Buffer, from: number): number | null {
  let at = from
  // Space at the end of a line was added on the way.
  while ((body[at] === SPACE || body[at] === TAB) && at - from < 80) at++
  if (body[at] === CARRIAGE_RETURN && body[at + 1] === LINE_FEED) return at + 1
  return body[at] === LINE_FEED || body[at] === CARRIAGE_RETURN ? at : null
}

function codeAt(body: Buffer, at: number): number | null {
  const digits = body.toString('latin1', at, at + 2)
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : null
}
