import { EngineError } from '../ports/engine-error.ts'
import { keptName } from '../text/kept-name.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is refused
const UNSAFE = /[\u0000-\u001f\u007f/\\]|^\.|[. ]$/
/** In characters: a name may be a title. Bytes are kept under names of our own. */
const LONGEST_NAME = 1024

/**
 * The name of an uploaded file, as it is kept. It is never used as a path, yet clients and people
 * read it as one; so what is a path is refused, not rewritten.
 *
 * @param extensions those that can be read, with their dots, in lower case
 * @throws {EngineError} `invalid_file_name`, `unsupported_file_type`
 */
export function checkedFileName(name: string, extensions: readonly string[]): string {
  const kept = keptName(name)
  if (kept === '' || UNSAFE.test(name.trim()) || UNSAFE.test(kept) || kept.length > LONGEST_NAME) {
    throw new EngineError(
      'invalid_file_name',
      `Invalid file name: use a plain name of at most ${LONGEST_NAME} characters, without slashes, control characters, or a leading dot.`,
    )
  }
  if (!extensions.includes(extensionOf(kept))) {
    throw new EngineError(
      'unsupported_file_type',
      `Unsupported file type. Supported types: ${extensions.join(', ')}`,
    )
  }
  return kept
}

/** With its dot, in lower case; empty when there is none. */
export function extensionOf(name: string): string {
  const kept = keptName(name)
  const dot = kept.lastIndexOf('.')
  return dot <= 0 ? '' : kept.slice(dot).toLowerCase()
}
