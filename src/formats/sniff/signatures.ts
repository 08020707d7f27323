/** Some programs write a few bytes before the beginning. */
const PDF_HEAD = 1024
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const ARCHIVE = Buffer.from('504b0304', 'hex')

export function isPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, PDF_HEAD).includes('%PDF-')
}

export function isRtf(bytes: Buffer): boolean {
  return bytes.subarray(0, 5).toString('latin1') === '{\\rtf'
}

/** A zip file, which office files and books are. */
export function isArchive(bytes: Buffer): boolean {
  return bytes.subarray(0, ARCHIVE.length).equals(ARCHIVE)
}

/** A file of OLE: a mail of Outlook, an Office file under a password, or one from before 2007. */
export function isCompoundFile(bytes: Buffer): boolean {
  return bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)
}
