/** A part of a text, in UTF-16 units. */
export interface Range {
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

export interface ReaderAddress {
  readonly documentId: string
  /** What is to be shown in the text. */
  readonly range: Range | undefined
}

/** `doc-1/120-180` is that part of that document; undefined when it names none. */
export function readReaderAddress(rest: string): ReaderAddress | undefined {
  const [id = '', part = '', ...more] = rest.split('/')
  if (id === '' || more.length > 0) return undefined
  try {
    return { documentId: decodeURIComponent(id), range: readRange(part) }
  } catch {
    return undefined
  }
}

/** Path of the page that shows a document at a passage. */
export function readerPath(documentId: string, range?: Range): string {
  const part = range === undefined ? '' : `/${range.start}-${range.end}`
  return `documents/d/${encodeURIComponent(documentId)}${part}`
}

function readRange(text: string): Range | undefined {
  const found = /^(\d{1,12})-(\d{1,12})$/.exec(text)
  if (found === null) return undefined
  const [start, end] = [Number(found[1]), Number(found[2])]
  return start < end ? { start, end } : undefined
}
