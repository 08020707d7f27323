import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../errors.ts'
import { cleanText } from './clean-text.ts'

/**
 * The cleaned text of an uploaded file.
 *
 * @throws {EngineError} `invalid_argument` when it is no text, or an empty one
 */
export async function readStoredFile(folder: string, storedFile: string): Promise<string> {
  const bytes = await readFile(join(folder, storedFile)).catch((cause: unknown) => {
    throw new EngineError('invalid_argument', 'The uploaded file is no longer there.', { cause })
  })
  if (bytes.includes(0)) throw notText()
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notText()
  }
  const cleaned = cleanText(text)
  if (cleaned === '') throw new EngineError('invalid_argument', 'The file holds no text.')
  return cleaned
}

function notText(): EngineError {
  return new EngineError(
    'invalid_argument',
    'The file is not UTF-8 text; save it as UTF-8 and upload it again.',
  )
}
