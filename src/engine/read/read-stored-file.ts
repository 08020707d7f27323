import { isPageName } from '../documents/page-name.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { FileReader, ReadFile, ReadOptions } from '../ports/file-reader.ts'
import type { Files } from '../ports/files.ts'

export interface StoredFile {
  /** Its name among the uploads. */
  readonly storedFile: string
  /** What it was called by its sender. */
  readonly filePath: string
}

/**
 * What an uploaded file says.
 *
 * @throws {EngineError} `invalid_argument` when it cannot be read, or holds no text
 */
export async function readStoredFile(
  reader: FileReader,
  uploads: Pick<Files, 'open'>,
  { storedFile, filePath }: StoredFile,
  options?: ReadOptions,
): Promise<ReadFile> {
  const stored = await uploads.open(storedFile).catch((cause: unknown) => {
    throw new EngineError('invalid_argument', 'The uploaded file is no longer there.', { cause })
  })
  try {
    // The name of a page tells nothing of its format; that of its bytes does.
    const fileName = isPageName(filePath) ? storedFile : filePath
    const file = await reader.read(stored.path, fileName, options)
    if (file.text === '') throw new EngineError('invalid_argument', 'The file holds no text.')
    return file
  } finally {
    await stored.close()
  }
}
