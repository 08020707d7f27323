import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../ports/errors.ts'
import type { FileReader, ReadFile } from '../ports/file-reader.ts'

export interface StoredFile {
  /** Name below the folder of uploads. */
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
  folder: string,
  { storedFile, filePath }: StoredFile,
  signal?: AbortSignal,
): Promise<ReadFile> {
  const path = join(folder, storedFile)
  await access(path).catch((cause: unknown) => {
    throw new EngineError('invalid_argument', 'The uploaded file is no longer there.', { cause })
  })
  const file = await reader.read(path, filePath, signal)
  if (file.text === '') throw new EngineError('invalid_argument', 'The file holds no text.')
  return file
}
