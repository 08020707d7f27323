import { describe, expect, it } from 'vitest'
import { headingsIn, readingFiles } from './reading.ts'
import { compoundFile, type Stored } from './sample-compound.ts'

const read = readingFiles()
const readLimited = readingFiles({ maxAttachments: 2, maxAttachedBytes: 100 })
const lines = (...all: readonly string[]) => all.join('\r\n')
const wide = (text: string) => Buffer.from(text, 'utf16le')

/** Attached files with their bytes as text. */
const attached = (file: Awaited<ReturnType<typeof read>>) =>
  (file.attachments ?? []).map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])

const PLAIN = lines(
  'From: =?utf-8?q?J=C3=BCrgen_?= =?utf-8?b?TcO8bGxlcg==?= <j@example.org>',
  'To: ada@example.org,',
  ' bob@example.org',
  'Subject: The =?iso-8859-1?Q?Stra=DFe?= pump',
  'Date: Tue, 1 Dec 2026 10:00:00 +0100',
)

describe('a mail', () => {
  it('has its subject as its heading, who wrote it when to whom, and its words', async () => {
    const file = await read(
      'a.eml',
      lines(
        PLAIN,
        'Content-Type: text/plain; charset="windows-1252"',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'It costs 5 =80, which is =',
        'fair.',
        '=93Yes=94',
      ),
    )
    expect(file.text).toBe(
      'The Straße pump\n\nFrom: Jürgen Müller <j@example.org>\nTo: ada@example.org, bob@example.org\nDate: Tue, 1 Dec 2026 10:00:00 +0100\n\nIt costs 5 €, which is fair.\n“Yes”',
    )
    expect(headingsIn(file)).toEqual([[1, 'The Straße pump']])
    expect(file.attachments).toBeUndefined()
  })

  it('takes along what is attached, but for the pictures of its page', async () => {
    const file = await read(
      'a.eml',
      lines(
        PLAIN,
        'Content-Type: multipart/mixed; boundary="=_a b"',
        '',
        'This is a mail in several parts.',
        '--=_a b',
        'Content-Type: multipart/related; boundary=b',
        '',
        '--b',
        'Content-Type: multipart/alternative; boundary=bb',
        '',
        '--bb',
        'Content-Type: text/html',
        '',
        '<h2>Plan</h2><p>See the list.</p>',
        '--bb--',
        '--b',
        'Content-Type: image/png; name=logo.png',
        'Content-ID: <logo>',
        'Content-Transfer-Encoding: base64',
        '',
        'AAAA',
        '--b--',
        '--=_a b',
        'Content-Type: application/octet-stream',
        "Content-Disposition: attachment; filename=fallback; filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.csv",
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from('a,b\n1,2\n').toString('base64'),
        '--=_a b',
        'Content-Type: text/plain; name="../../up.txt"',
        'Content-Disposition: attachment',
        '',
        'Up.',
        '--=_a b',
        'Content-Type: message/rfc822',
        '',
        'Subject: Before',
        'From: x',
        '',
        'Earlier words.',
        '--=_a b--',
        'after',
      ),
    )
    expect(file.text).toContain(
      'Plan\n\nSee the list.\n\nAttachments: Grüße.csv, _.._up.txt, Before.eml',
    )
    expect(attached(file)).toEqual([
      ['Grüße.csv', 'a,b\n1,2\n'],
      ['_.._up.txt', 'Up.'],
      ['Before.eml', 'Subject: Before\r\nFrom: x\r\n\r\nEarlier words.'],
    ])
  })

  it('names what is too much to take along', async () => {
    const part = (name: string, body: string) =>
      lines(`--b\r\nContent-Disposition: attachment; filename=${name}`, '', body)
    const file = await readLimited(
      'a.eml',
      lines(
        PLAIN,
        'Content-Type: multipart/mixed; boundary=b',
        '',
        part('a.txt', 'aaa'),
        part('big.txt', 'x'.repeat(101)),
        part('b.txt', 'bbb'),
        part('c.txt', 'ccc'),
        '--b--',
      ),
    )
    expect(attached(file)).toEqual([
      ['a.txt', 'aaa'],
      ['b.txt', 'bbb'],
    ])
    expect(file.text).toContain('Attachments that are not read: big.txt, c.txt')
  })

  it('that nests parts in parts, or has none end, is bounded', async () => {
    const nested = Array.from(
      { length: 60 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    ).join('')
    await expect(read('a.eml', lines(PLAIN, nested))).rejects.toThrow(/nests parts/)
    const many = `Content-Type: multipart/mixed; boundary=b\r\n${'\r\n--b\r\n\r\nx'.repeat(5000)}`
    await expect(read('a.eml', lines(PLAIN, many))).rejects.toThrow(/more than 1000 parts/)
    await expect(read('a.eml', 'just words')).rejects.toThrow(/no mail/)
  })
})

/** Fixed properties of a mail: when it was sent. */
function sentOn(iso: string): Buffer {
  const bytes = Buffer.alloc(32 + 16)
  bytes.writeUInt32LE(0x00390040, 32)
  bytes.writeBigUInt64LE(BigInt(Date.parse(iso) + 11_644_473_600_000) * 10_000n, 40)
  return bytes
}

const message = (more: Record<string, Stored> = {}) => ({
  '__properties_version1.0': sentOn('2026-12-01T09:00Z'),
  '__substg1.0_0037001F': wide('Offer'),
  '__substg1.0_0C1A001F': wide('Jürgen'),
  '__substg1.0_5D01001F': wide('j@example.org'),
  '__substg1.0_0E04001E': Buffer.from('Ada \x80', 'latin1'),
  '__substg1.0_1000001F': wide(`Words. ${'More of them. '.repeat(400)}`),
  ...more,
})

describe('a mail of Outlook', () => {
  it('has its subject, its fields, its words, and its files', async () => {
    const csv = {
      '__substg1.0_3707001F': wide('list.csv'),
      '__substg1.0_37010102': Buffer.from('a,b'),
    }
    const inner = {
      '__substg1.0_3701000D': message({ '__substg1.0_0037001F': wide('Before') }),
    }
    const file = await read(
      'a.msg',
      compoundFile(
        message({ '__attach_version1.0_#00000000': csv, '__attach_version1.0_#00000001': inner }),
      ),
    )
    expect(file.text).toMatch(
      /^Offer\n\nFrom: Jürgen <j@example.org>\nTo: Ada €\nDate: 2026-12-01 09:00\n\nWords\. More/,
    )
    expect(file.text.endsWith('Attachments: list.csv, Before.txt')).toBe(true)
    const [first, second] = attached(file)
    expect(first).toEqual(['list.csv', 'a,b'])
    expect(second?.[1]).toMatch(/^Before\n\nFrom: Jürgen[\s\S]*\n\nWords\./)
  })

  it('that goes round in circles, is cut short, or is none is refused', async () => {
    const whole = compoundFile(message())
    const circle = Buffer.from(whole)
    // Each sector of the table leads to the first.
    const table = circle.length - 512
    for (let at = 0; at < 512; at += 4) circle.writeUInt32LE(0, table + at)
    await expect(read('a.msg', circle)).rejects.toThrow(/no mail of Outlook/)
    const siblings = Buffer.from(whole)
    const directory = (siblings.readUInt32LE(48) + 1) * 512
    for (let at = 0; at < 512; at += 128) siblings.writeUInt32LE(1, directory + at + 72)
    await expect(read('a.msg', siblings)).rejects.toThrow(/no mail of Outlook/)
    await expect(read('a.msg', whole.subarray(0, 900))).rejects.toThrow(/no mail of Outlook/)
    await expect(read('a.msg', compoundFile({ WordDocument: wide('x') }))).rejects.toThrow(
      /no mail of Outlook; save a document/,
    )
  })
})
