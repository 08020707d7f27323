const SECTOR = 512
const MINI = 64
const SMALLEST = 4096
const END = 0xfffffffe
const FREE = 0xffffffff
const TABLE = 0xfffffffd

/** A storage by the names of what is in it, or the bytes of a stream. */
export type Stored = Buffer | { readonly [name: string]: Stored }

interface Entry {
  readonly name: string
  readonly kind: number
  readonly bytes: Buffer
  next: number
  child: number
}

/** A compound file of OLE, in which mails of Outlook are kept. */
export function compoundFile(root: { readonly [name: string]: Stored }): Buffer {
  const entries: Entry[] = []
  const add = (name: string, stored: Stored, kind: number): number => {
    const bytes = Buffer.isBuffer(stored) ? stored : Buffer.alloc(0)
    const entry: Entry = { name, kind, bytes, next: FREE, child: FREE }
    const at = entries.push(entry) - 1
    if (Buffer.isBuffer(stored)) return at
    for (const [inner, value] of Object.entries(stored)) {
      const child = add(inner, value, Buffer.isBuffer(value) ? 2 : 1)
      const added = entries[child]
      if (added) added.next = entry.child
      entry.child = child
    }
    return at
  }
  add('Root Entry', root, 5)
  const sectors: Buffer[] = []
  const chains: number[] = []
  const write = (bytes: Buffer): number => {
    if (bytes.length === 0) return END
    const start = sectors.length
    for (let at = 0; at < bytes.length; at += SECTOR) {
      sectors.push(padded(bytes.subarray(at, at + SECTOR), SECTOR))
      chains.push(at + SECTOR < bytes.length ? sectors.length : END)
    }
    return start
  }
  const minis: Buffer[] = []
  const miniChains: number[] = []
  const starts = entries.map(({ bytes }) => {
    if (bytes.length >= SMALLEST) return write(bytes)
    const start = minis.length
    for (let at = 0; at < bytes.length; at += MINI) {
      minis.push(padded(bytes.subarray(at, at + MINI), MINI))
      miniChains.push(at + MINI < bytes.length ? minis.length : END)
    }
    return bytes.length === 0 ? END : start
  })
  const mini = Buffer.concat(minis)
  starts[0] = write(mini)
  const miniTable = write(numbers(miniChains))
  const directory = write(
    Buffer.concat(
      entries.map((entry, i) => row(entry, starts[i] ?? END, i === 0 ? mini.length : null)),
    ),
  )
  const tableAt = sectors.length
  // Itself too, within one sector.
  const table = padded(numbers([...chains, TABLE]), SECTOR, 0xff)
  if (table.length > SECTOR) throw new Error('too large for a sample')
  const head = Buffer.alloc(SECTOR, 0)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head)
  head.writeUInt16LE(9, 30)
  head.writeUInt16LE(6, 32)
  head.writeUInt32LE(1, 44)
  head.writeUInt32LE(directory, 48)
  head.writeUInt32LE(SMALLEST, 56)
  head.writeUInt32LE(miniTable, 60)
  head.writeUInt32LE(END, 68)
  for (let i = 0; i < 109; i++) head.writeUInt32LE(i === 0 ? tableAt : FREE, 76 + 4 * i)
  return Buffer.concat([head, ...sectors, table])
}

function row({ name, kind, bytes, next, child }: Entry, start: number, mini: number | null) {
  const at = Buffer.alloc(128)
  at.write(name, 0, 'utf16le')
  at.writeUInt16LE(2 * name.length + 2, 64)
  at[66] = kind
  at.writeUInt32LE(FREE, 68)
  at.writeUInt32LE(next, 72)
  at.writeUInt32LE(child, 76)
  at.writeUInt32LE(start, 116)
  at.writeUInt32LE(mini ?? bytes.length, 120)
  return at
}

function padded(bytes: Buffer, size: number, filler = 0): Buffer {
  const missing = (size - (bytes.length % size)) % size
  return Buffer.concat([bytes, Buffer.alloc(missing, filler)])
}

function numbers(list: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * list.length)
  for (const [i, number] of list.entries()) bytes.writeUInt32LE(number, 4 * i)
  return bytes
}
