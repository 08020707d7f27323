import { ControlError } from './control-error.ts'

const SHAPE = /^[a-z0-9]+([-_][a-z0-9]+)*$/
const LONGEST = 60
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** Ids begin so, and either may stand where the other does. */
const LIKE_AN_ID = /^(tnt|kb)_/

/**
 * The first would own the workspace of a server without tenants; the other stands in paths for the
 * tenant of the request.
 */
const RESERVED_FOR_TENANTS: readonly string[] = ['default', 'me']

/**
 * Checks a slug: small letters and digits, single `-` or `_` between them. It never holds a double
 * underscore, so that tenant and knowledge base can be told apart in a workspace's name.
 *
 * @throws {ControlError} `invalid_input`
 */
export function checkedSlug(text: string, of: 'tenant' | 'kb'): string {
  const folded = text.toLowerCase()
  const reserved =
    DEVICE.test(folded) ||
    LIKE_AN_ID.test(folded) ||
    (of === 'tenant' && RESERVED_FOR_TENANTS.includes(folded))
  if (SHAPE.test(folded) && folded.length <= LONGEST && !reserved) {
    return folded
  }
  throw new ControlError(
    'invalid_input',
    `A slug has 1 to ${LONGEST} small letters or digits with single "-" or "_" between them, and is no reserved name`,
  )
}

/** A slug made of a name; undefined when nothing of it can be used. */
export function slugOf(name: string): string | undefined {
  const text = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST - 10)
    .replaceAll(/^-+|(?<!-)-+$/g, '')
  return SHAPE.test(text) ? text : undefined
}
