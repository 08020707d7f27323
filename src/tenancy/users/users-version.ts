import { createHash } from 'node:crypto'
import type { PackedUsers } from './packed-users.ts'
import { packUsers } from './users-packer.ts'
import { readUsers } from './users-schema.ts'

/** What a users file turned out to hold. */
export type UsersVersion = {
  /** Digest of the text, or why there is none: each version is judged and reported once. */
  readonly seen: string
} & (
  | { readonly type: 'users'; readonly users: PackedUsers }
  /** One sentence for each thing that is wrong, starting with its path; never a key or password. */
  | { readonly type: 'problems'; readonly problems: readonly string[] }
  | { readonly type: 'missing' }
  /** The text that was seen before. */
  | { readonly type: 'same' }
)

const MOST_PROBLEMS = 100

/** Checks the text of a users file as a whole, unless it is the one that was seen before. */
export function judgeUsers(text: Uint8Array, seenBefore?: string): UsersVersion {
  const seen = createHash('sha256').update(text).digest('base64')
  if (seen === seenBefore) return { seen, type: 'same' }
  const judged = parseUsers(text)
  if ('users' in judged) return { seen, type: 'users', users: judged.users }
  return { seen, type: 'problems', problems: shortened(judged.problems) }
}

/** What to say when the file could not be read. */
export function unreadableUsers(error: unknown, seenBefore?: string): UsersVersion {
  const code = codeOf(error)
  const seen = `unreadable: ${code}`
  if (seen === seenBefore) return { seen, type: 'same' }
  if (code === 'ENOENT') return { seen, type: 'missing' }
  return { seen, type: 'problems', problems: [`cannot be read: ${code}`] }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

function parseUsers(text: Uint8Array): ReturnType<typeof packUsers> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (error) {
    return { problems: [`is no JSON in UTF-8: ${positionOf(error)}`] }
  }
  const read = readUsers(value)
  return 'problems' in read ? read : packUsers(read.users)
}

/** Where JSON.parse stopped, without the text around it: that may be a key. */
function positionOf(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  return /position \d+( \(line \d+ column \d+\))?/.exec(message)?.[0] ?? 'malformed'
}

function shortened(problems: readonly string[]): readonly string[] {
  if (problems.length <= MOST_PROBLEMS) return problems
  return [...problems.slice(0, MOST_PROBLEMS), `and ${problems.length - MOST_PROBLEMS} more`]
}
