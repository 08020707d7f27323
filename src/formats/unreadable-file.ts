/** A file cannot be read, and the message says why in words for whoever sent it. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

/** Words of our own for whatever a library said of a file. */
export function damaged(format: string, cause: unknown): UnreadableFile {
  if (cause instanceof UnreadableFile) return cause
  return new UnreadableFile(`The file is damaged, or no ${format} file.`, { cause })
}
