import { EngineError } from '../ports/engine-error.ts'
import { keptName } from '../text/kept-name.ts'
import { LONGEST_NAME } from './file-name.ts'

const ADDRESS = /^https?:\/\//

/**
 * The name of the document that a page of the web becomes: its address, without the place in it.
 *
 * @throws {EngineError} `invalid_argument` for what is no address of the web
 */
export function pageName(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !ADDRESS.test(parsed.href)) {
    throw new EngineError('invalid_argument', 'Give the address of a page: https://...')
  }
  parsed.hash = ''
  const name = keptName(parsed.href)
  if (name.length <= LONGEST_NAME) return name
  throw new EngineError(
    'invalid_argument',
    `The address of a page has at most ${LONGEST_NAME} characters.`,
  )
}

/** Whether a document is named by an address: it tells nothing of its format. */
export function isPageName(name: string): boolean {
  return ADDRESS.test(name)
}
