import { timingSafeEqual } from 'node:crypto'

const WIDTH = 32

/** What a map consists of: typed arrays alone, which cross threads without being copied. */
export interface DigestMapData {
  /** Place of each entry plus one, 0 where there is none; a power of two long. */
  readonly slots: Uint32Array<ArrayBuffer>
  /** SHA-256 digests, one after another. */
  readonly digests: Uint8Array<ArrayBuffer>
  readonly numbers: Uint32Array<ArrayBuffer>
}

/** Whole numbers by SHA-256 digest. What is found was compared in constant time. */
export class DigestMap {
  readonly data: DigestMapData
  #size = 0

  /** @param source the data of a map, then for look-ups alone; or how many entries it will take */
  constructor(source: DigestMapData | number) {
    this.data = typeof source === 'number' ? emptyData(source) : source
  }

  get(digest: Uint8Array): number | undefined {
    const { slots, numbers } = this.data
    const place = slots[this.#slotOf(digest)] ?? 0
    return place === 0 ? undefined : numbers[place - 1]
  }

  /** Adds a digest, or leaves it as it is and returns the number that it has. */
  add(digest: Uint8Array, number: number): number | undefined {
    const { slots, digests, numbers } = this.data
    const slot = this.#slotOf(digest)
    const place = slots[slot] ?? 0
    if (place > 0) return numbers[place - 1]
    if (this.#size === numbers.length) throw new RangeError('the map is full')
    digests.set(digest, this.#size * WIDTH)
    numbers[this.#size] = number
    this.#size += 1
    slots[slot] = this.#size
    return undefined
  }

  /** Where the digest stands, or where it would. */
  #slotOf(digest: Uint8Array): number {
    const { slots, digests } = this.data
    const mask = slots.length - 1
    // A digest's bytes are as good as random, whatever was digested.
    let slot = firstWord(digest) & mask
    for (;;) {
      const place = slots[slot] ?? 0
      if (place === 0) return slot
      const start = (place - 1) * WIDTH
      if (timingSafeEqual(digest, digests.subarray(start, start + WIDTH))) return slot
      slot = (slot + 1) & mask
    }
  }
}

function emptyData(entries: number): DigestMapData {
  return {
    slots: new Uint32Array(2 ** Math.ceil(Math.log2(entries * 2 + 2))),
    digests: new Uint8Array(entries * WIDTH),
    numbers: new Uint32Array(entries),
  }
}

function firstWord(digest: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = digest
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}
