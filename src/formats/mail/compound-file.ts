import { isCompoundFile } from '../sniff/signatures.ts'
import { UnreadableFile } from '../unreadable-file.ts'

/** A stream, or a storage with what is in it, of a compound file of OLE. */
export interface CompoundEntry {
  readonly name: string
  /** Null for a storage. */
  readonly stream: (() => Buffer) | null
  readonly children: readonly CompoundEntry[]
}

const HEADER = 512
const ENTRY = 128
/** From here on a number of a sector stands for something else: the end, a free one. */
const LARGEST_SECTOR = 0xfffffffa
const NO_ENTRY = 0xffffffff
const STORAGE = 1
const STREAM = 2
const ROOT = 5
const MOST_ENTRIES = 20_000
const DEEPEST = 32
/** Numbers of the sectors with the table that stand in the header itself. */
const IN_HEADER = 109

/** Reads a compound file of OLE, within which circles and claims beyond its end are refused. */
export class CompoundFile {
  readonly #bytes: Buffer
  readonly #sectorSize: number
  readonly #miniSize: number
  readonly #smallest: number
  readonly #table: Uint32Array
  readonly #miniTable: Uint32Array
  readonly #mini: Buffer
  readonly #directory: Buffer
  #visited = 0

  /** @throws {UnreadableFile} when it is none */
  constructor(bytes: Buffer) {
    if (!isCompoundFile(bytes) || bytes.length < HEADER) throw damagedFile()
    this.#bytes = bytes
    this.#sectorSize = 2 ** Math.min(12, Math.max(9, bytes.readUInt16LE(30)))
    this.#miniSize = 2 ** Math.min(9, Math.max(6, bytes.readUInt16LE(32)))
    this.#smallest = bytes.readUInt32LE(56)
    this.#table = numbersIn(Buffer.concat(this.#tableSectors().map((at) => this.#sector(at))))
    this.#directory = this.#chain(bytes.readUInt32LE(48), Number.POSITIVE_INFINITY)
    this.#miniTable = numbersIn(this.#chain(bytes.readUInt32LE(60), Number.POSITIVE_INFINITY))
    const start = this.#directory.length < ENTRY ? NO_ENTRY : this.#directory.readUInt32LE(116)
    this.#mini = this.#chain(start, Number.POSITIVE_INFINITY)
  }

  /** What the file holds. */
  root(): readonly CompoundEntry[] {
    this.#visited = 0
    return this.#directory.length < ENTRY ? [] : this.#children(0, 0)
  }

  #children(of: number, depth: number): CompoundEntry[] {
    if (depth > DEEPEST) throw damagedFile()
    const found: CompoundEntry[] = []
    // Siblings are a tree; which is left and which right does not matter.
    const next = [this.#directory.readUInt32LE(of * ENTRY + 76)]
    for (let index = next.pop(); index !== undefined; index = next.pop()) {
      if (index === NO_ENTRY || (index + 1) * ENTRY > this.#directory.length) continue
      if (++this.#visited > MOST_ENTRIES) throw damagedFile()
      const at = index * ENTRY
      next.push(this.#directory.readUInt32LE(at + 68), this.#directory.readUInt32LE(at + 72))
      found.push(this.#entry(index, depth))
    }
    return found
  }

  #entry(index: number, depth: number): CompoundEntry {
    const at = index * ENTRY
    const length = Math.min(64, this.#directory.readUInt16LE(at + 64))
    const name = this.#directory.toString('utf16le', at, at + Math.max(0, length - 2))
    const kind = this.#directory[at + 66]
    const isStorage = kind === STORAGE || kind === ROOT
    return {
      name,
      stream: kind === STREAM ? () => this.#stream(at) : null,
      children: isStorage ? this.#children(index, depth + 1) : [],
    }
  }

  #stream(at: number): Buffer {
    const start = this.#directory.readUInt32LE(at + 116)
    const size = this.#directory.readUInt32LE(at + 120)
    if (size > this.#bytes.length) throw damagedFile()
    return size < this.#smallest ? this.#miniChain(start, size) : this.#chain(start, size)
  }

  #chain(start: number, size: number): Buffer {
    const pieces: Buffer[] = []
    const most = this.#bytes.length / this.#sectorSize
    for (let at = start, left = size; at < LARGEST_SECTOR && left > 0; left -= this.#sectorSize) {
      if (pieces.length > most) throw damagedFile()
      pieces.push(this.#sector(at).subarray(0, left))
      at = this.#table[at] ?? NO_ENTRY
    }
    return Buffer.concat(pieces)
  }

  #miniChain(start: number, size: number): Buffer {
    const pieces: Buffer[] = []
    const most = this.#mini.length / this.#miniSize
    for (let at = start, left = size; at < LARGEST_SECTOR && left > 0; left -= this.#miniSize) {
      if (pieces.length > most) throw damagedFile()
      const from = at * this.#miniSize
      pieces.push(this.#mini.subarray(from, from + Math.min(left, this.#miniSize)))
      at = this.#miniTable[at] ?? NO_ENTRY
    }
    return Buffer.concat(pieces)
  }

  #sector(number: number): Buffer {
    const from = (number + 1) * this.#sectorSize
    if (from >= this.#bytes.length) throw damagedFile()
    return this.#bytes.subarray(from, from + this.#sectorSize)
  }

  /** The sectors that hold the table of sectors. */
  #tableSectors(): number[] {
    const numbers: number[] = []
    const most = this.#bytes.length / this.#sectorSize
    const take = (from: Buffer, offset: number, count: number) => {
      for (let i = 0; i < count && offset + 4 * i + 4 <= from.length; i++) {
        const number = from.readUInt32LE(offset + 4 * i)
        if (number < LARGEST_SECTOR) numbers.push(number)
      }
    }
    take(this.#bytes, 76, IN_HEADER)
    let more = this.#bytes.readUInt32LE(68)
    for (let count = 0; more < LARGEST_SECTOR; count++) {
      if (count > most) throw damagedFile()
      const sector = this.#sector(more)
      take(sector, 0, this.#sectorSize / 4 - 1)
      more = sector.length < this.#sectorSize ? NO_ENTRY : sector.readUInt32LE(this.#sectorSize - 4)
    }
    if (numbers.length > most) throw damagedFile()
    return numbers
  }
}

function numbersIn(bytes: Buffer): Uint32Array {
  const numbers = new Uint32Array(Math.floor(bytes.length / 4))
  for (let i = 0; i < numbers.length; i++) numbers[i] = bytes.readUInt32LE(4 * i)
  return numbers
}

function damagedFile(): UnreadableFile {
  return new UnreadableFile('The file is damaged, or no mail of Outlook.')
}
