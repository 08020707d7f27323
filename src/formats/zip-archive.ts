import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import type { ReadLimits } from './reader/read-limits.ts'
import { isCompoundFile } from './sniff/signatures.ts'
import { UnreadableFile } from './unreadable-file.ts'

/** Below this a part does no harm, whatever its ratio. */
const HARMLESS_BYTES = 16 * 1024 * 1024

/** A zip file whose declared sizes are within the limits; unpacking asserts that they are true. */
export class ZipArchive {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  /** @throws {UnreadableFile} when it is none, is too large inside, or wants a password */
  static async open(bytes: Buffer, limits: ReadLimits, format: string): Promise<ZipArchive> {
    if (isCompoundFile(bytes)) {
      throw new UnreadableFile(
        `The file is protected by a password, or in an older format; save it as ${format} without a password.`,
      )
    }
    let zip: ZipFile
    const entries = new Map<string, Entry>()
    try {
      zip = await fromBufferPromise(bytes, { lazyEntries: true, autoClose: false })
      if (zip.entryCount > limits.maxEntries) throw tooManyParts(limits)
      let unpacked = 0
      for await (const entry of zip.eachEntry()) {
        unpacked += entry.uncompressedSize
        checkEntry(entry, unpacked, limits)
        entries.set(entry.fileName, entry)
      }
    } catch (cause) {
      if (cause instanceof UnreadableFile) throw cause
      throw new UnreadableFile(`The file is damaged, or no ${format} file.`, { cause })
    }
    return new ZipArchive(zip, entries)
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  names(): string[] {
    return [...this.#entries.keys()]
  }

  /** @throws when there is no such part, or it is not what the archive declares */
  async read(name: string): Promise<Buffer> {
    const pieces: Buffer[] = []
    await this.#unpack(name, (piece) => pieces.push(piece))
    return Buffer.concat(pieces)
  }

  async text(name: string): Promise<string> {
    return new TextDecoder('utf-8').decode(await this.read(name))
  }

  /** Unpacks everything once, for a library that will do so without counting. */
  async verify(): Promise<void> {
    for (const name of this.#entries.keys()) await this.#unpack(name, () => undefined)
  }

  async #unpack(name: string, take: (piece: Buffer) => void): Promise<void> {
    const entry = this.#entries.get(name)
    if (!entry) throw new Error(`no part ${name}`)
    let sum = 0
    // The stream fails at the first byte past the declared size.
    for await (const piece of await this.#zip.openReadStreamPromise(entry)) {
      sum = crc32(piece, sum)
      take(piece)
    }
    if (sum !== entry.crc32) throw new Error(`wrong checksum of ${name}`)
  }
}

function checkEntry(entry: Entry, unpackedSoFar: number, limits: ReadLimits): void {
  if (entry.isEncrypted()) {
    throw new UnreadableFile('The file is protected by a password; save it without one.')
  }
  const { compressedSize: packed, uncompressedSize: unpacked } = entry
  const swollen = unpacked > HARMLESS_BYTES && unpacked > packed * limits.maxRatio
  if (swollen || unpackedSoFar > limits.maxUnpackedBytes) {
    throw new UnreadableFile('The file is too large once it is unpacked.')
  }
}

function tooManyParts({ maxEntries }: ReadLimits): UnreadableFile {
  return new UnreadableFile(`The file has more than ${maxEntries} parts.`)
}
