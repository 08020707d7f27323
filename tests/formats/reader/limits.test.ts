import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, deflateRawSync, deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FileReaders } from '../../../src/formats/reader/file-readers.ts'
import { readingFiles } from '../reading.ts'
import { docx, epub, odt, pptx, textCell, wordParagraph, xlsx, zip } from '../sample-files.ts'
import { endlessPdf, pdfWithContent } from '../sample-pdf.ts'

const MB = 1024 * 1024

/** The same archive, with another unpacked size declared for each part. */
function lying(archive: Buffer, size: number): Buffer {
  const bytes = Buffer.from(archive)
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 4)) {
    bytes.writeUInt32LE(size, at + 24)
  }
  return bytes
}

/** The same archive, with one byte of each part's content changed. */
function withFlippedBytes(archive: Buffer): Buffer {
  const bytes = Buffer.from(archive)
  for (let at = bytes.indexOf('PK\x03\x04'); at >= 0; at = bytes.indexOf('PK\x03\x04', at + 4)) {
    const content = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
    const place = content + Math.floor(bytes.readUInt32LE(at + 18) / 2)
    bytes.writeUInt8(bytes.readUInt8(place) ^ 0x10, place)
  }
  return bytes
}

/**
 * So many megabytes of blanks, which are never there at once: one megabyte is packed so that it
 * depends on nothing before it, and repeated.
 */
function packedBlanks(megabytes: number): Buffer {
  const whole = { finishFlush: constants.Z_FULL_FLUSH }
  const part = deflateRawSync(Buffer.alloc(MB, ' '), whole)
  const parts = Array<Buffer>(megabytes).fill(part)
  return Buffer.concat([
    Buffer.from('789c', 'hex'),
    ...parts,
    deflateRawSync(''),
    adlerOfBlanks(megabytes * MB),
  ])
}

/** The checksum at the end of what was packed by zlib. */
function adlerOfBlanks(length: number): Buffer {
  const [count, blank, prime] = [BigInt(length), 32n, 65_521n]
  const low = (1n + count * blank) % prime
  const high = (count + (blank * count * (count + 1n)) / 2n) % prime
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(Number(high * 65_536n + low))
  return bytes
}

const ARCHIVES = {
  docx: docx(wordParagraph('words')),
  pptx: pptx([['a', 'b', 'c']]),
  xlsx: xlsx({ S: [[textCell('words')]] }),
  odt: odt('<text:p>words</text:p>'),
  epub: epub(['<p>words</p>']),
}

describe('an archive', () => {
  const read = readingFiles({ maxUnpackedBytes: 25 * MB, maxEntries: 100, maxRatio: 200 })

  it.each(Object.entries(ARCHIVES))(
    '%s that is damaged or cut short is refused',
    async (format, whole) => {
      const name = `a.${format}`
      expect((await read(name, whole)).text).not.toBe('')
      await expect(read(name, whole.subarray(0, whole.length / 2))).rejects.toThrow(/damaged/)
      await expect(read(name, 'just text')).rejects.toThrow(/damaged/)
      await expect(read(name, zip({ other: 'parts' }))).rejects.toThrow(/damaged/)
      await expect(read(name, withFlippedBytes(whole))).rejects.toThrow(/damaged/)
    },
  )

  it.each(Object.entries(ARCHIVES))(
    '%s is refused for what it declares to hold',
    async (format, whole) => {
      await expect(read(`a.${format}`, lying(whole, 15 * MB))).rejects.toThrow(/too large/)
    },
  )

  it.each(Object.entries(ARCHIVES))(
    '%s that holds more than it declares is refused',
    async (format, whole) => {
      await expect(read(`a.${format}`, lying(whole, 10))).rejects.toThrow(/damaged/)
    },
  )

  it('that swells when it is unpacked is refused', async () => {
    const bomb = docx(wordParagraph('x'), { 'word/media/a.bin': '0'.repeat(20 * MB) })
    expect(bomb.length).toBeLessThan(MB)
    await expect(read('bomb.docx', bomb)).rejects.toThrow(/too large once it is unpacked/)
  })

  it('of too many parts is refused', async () => {
    const parts = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`p${i}`, 'x']))
    await expect(read('many.docx', zip(parts))).rejects.toThrow(/more than 100 parts/)
  })

  it('under a password is refused with the reason', async () => {
    const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
    await expect(read('a.docx', ole)).rejects.toThrow(/password, or in an older format/)
    const locked = Buffer.from(ARCHIVES.odt)
    locked.writeUInt16LE(1, locked.indexOf('PK\x01\x02') + 8)
    await expect(read('a.odt', locked)).rejects.toThrow(/protected by a password/)
  })

  it('with parts that are named outside of it is refused', async () => {
    const evil = epub(['<p>x</p>'], { '../../evil.txt': 'x' })
    await expect(read('a.epub', evil)).rejects.toThrow(/damaged/)
  })
})

describe('nesting', () => {
  const read = readingFiles()
  const deep = 200_000

  it.each([
    ['a.json', '['.repeat(deep) + ']'.repeat(deep)],
    ['a.xml', '<a>'.repeat(deep) + '</a>'.repeat(deep)],
    ['a.html', '<div>'.repeat(deep)],
    ['a.rtf', `{\\rtf1${'{'.repeat(deep)}${'}'.repeat(deep)}}`],
    ['a.odt', odt('<text:list>'.repeat(deep) + '</text:list>'.repeat(deep))],
    ['a.epub', epub(['<b>'.repeat(deep)])],
    ['a.docx', docx('<w:p>'.repeat(deep) + '</w:p>'.repeat(deep))],
  ])('beyond measure is refused in %s, and the next file is read', async (name, content) => {
    await expect(read(name, content)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect((await read('next.txt', 'fine')).text).toBe('fine')
  })

  it('of entities stays as it is written in XML', async () => {
    const laughs = Array.from(
      { length: 9 },
      (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
    ).join('')
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]><x>&l9;</x>`
    expect((await read('a.xml', bomb)).text).toBe('- x: &l9;')
    const outside = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>'
    expect((await read('a.xml', outside)).text).toBe('- x: &e;')
  })
})

describe('a file that never ends', () => {
  const read = readingFiles({ maxCpuMs: 2000 })
  const readWithPatience = readingFiles({ maxCpuMs: 600_000 })

  it('is given up when its time is over, and the next file is read', async () => {
    const endless = read('endless.pdf', endlessPdf())
    const next = read('next.txt', 'fine')
    await expect(endless).rejects.toMatchObject({
      code: 'invalid_argument',
      message:
        'The file took more than 2 seconds of the processor to read. Divide it, or have READ_SECONDS raised.',
    })
    expect((await next).text).toBe('fine')
  })

  it('is given up as soon as nobody wants it, and so is one that waits behind it', async () => {
    const reason = new Error('closing')
    const controller = new AbortController()
    const running = readWithPatience('endless.pdf', endlessPdf(), controller.signal)
    const waiting = readWithPatience('next.txt', 'fine', controller.signal)
    const outcomes = Promise.allSettled([running, waiting])
    setTimeout(() => controller.abort(reason), 500)
    expect(await outcomes).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
    expect((await readWithPatience('after.txt', 'fine')).text).toBe('fine')
  })
})

describe('memory', () => {
  const readInHeap = readingFiles({ maxHeapMb: 48 })
  const readInProcess = readingFiles({ maxGrowthMb: 200 })

  it('of the heap is limited, and the next file is read', async () => {
    const hog = `[${'{"a":[]},'.repeat(1_500_000)}1]`
    await expect(readInHeap('hog.json', hog)).rejects.toThrow(/needs more memory/)
    expect((await readInHeap('next.txt', 'fine')).text).toBe('fine')
  })

  it('beside the heap is limited, and the next file is read', async () => {
    expect(inflateSync(packedBlanks(3)).equals(Buffer.alloc(3 * MB, ' '))).toBe(true)
    const blank = deflateSync(packedBlanks(2000))
    await expect(readInProcess('hog.pdf', pdfWithContent(blank, 2))).rejects.toThrow(
      /needs more memory/,
    )
    expect((await readInProcess('next.txt', 'fine')).text).toBe('fine')
  })
})

describe('size', () => {
  const read = readingFiles({ maxFileBytes: 1000, maxTextLength: 500 })

  it('of a file and of its text is limited', async () => {
    await expect(read('a.txt', 'x'.repeat(1001))).rejects.toThrow(/larger than 1000 bytes/)
    await expect(read('a.txt', 'x '.repeat(400))).rejects.toThrow(/more than 500 characters/)
    expect((await read('a.txt', 'x '.repeat(200))).text).toHaveLength(399)
  })
})

it('tells nothing of where files are kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'formats-'))
  const readers = new FileReaders()
  const gone = readers.of('space').read(join(folder, 'gone.pdf'), 'a.pdf')
  const error = await gone.then(
    () => null,
    (reason: Error) => reason,
  )
  expect(error?.message).toBe('The file is damaged and cannot be read.')
  await readers.close()
  await rm(folder, { recursive: true })
})
