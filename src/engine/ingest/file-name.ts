import { EngineError } from '../errors.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is refused
const UNSAFE = /[\u0000-\u001f\u007f/\\]|^\.+$|^\.|\.\.|[. ]$/
const LONGEST_NAME = 255

/**
 * Checks the label of an uploaded file. It is never used as a path, yet clients and people read it
 * as one; so what looks like a path is refused, not rewritten.
 *
 * @param extensions those that can be read, with their dots, in lower case
 * @throws {EngineError} `invalid_file_name`, `unsupported_file_type`
 */
export function checkedFileName(name: string, extensions: readonly string[]): string {
  const trimmed = name.trim()
  if (trimmed === '' || UNSAFE.test(trimmed) || Buffer.byteLength(trimmed) > LONGEST_NAME) {
    throw new EngineError(
      'invalid_file_name',
      'Invalid file name: use a plain name of at most 255 bytes, without slashes, "..", control characters, or a leading dot.',
    )
  }
  if (!extensions.includes(extensionOf(trimmed))) {
    throw new EngineError(
      'unsupported_file_type',
      `Unsupported file type. Supported types: ${extensions.join(', ')}`,
    )
  }
  return trimmed
}

/** With its dot, in lower case; empty when there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot).toLowerCase()
}
