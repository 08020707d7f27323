import type { TextBuilder } from '../text/text-builder.ts'

/** Data as people read it: a value, or entries that have a name, or none in a list. */
export type ValueTree = string | readonly ValueEntry[]

export interface ValueEntry {
  readonly name: string | null
  readonly value: ValueTree
}

/** In characters; what fits is one line, so that it can be understood alone. */
const LONGEST_LINE = 1000

/** Writes data as an indented list, in which a name with entries of its own is a heading. */
export function writeTree(tree: ValueTree, builder: TextBuilder): void {
  if (typeof tree === 'string') builder.paragraph(tree)
  else for (const entry of tree) writeEntry(entry, 0, builder)
}

function writeEntry({ name, value }: ValueEntry, depth: number, builder: TextBuilder): void {
  const indent = '  '.repeat(Math.min(depth, 20))
  const line = oneLine(value)
  if (line !== null) {
    const text = name === null || name === '' ? line : `${name}: ${line}`
    if (line !== '') builder.line(`- ${text}`, indent)
    return
  }
  let below = depth
  if (name !== null && name !== '') {
    const start = builder.line(`- ${name}:`, indent)
    if (start !== null) builder.mark(depth + 1, name, start)
    below++
  }
  if (typeof value !== 'string') for (const entry of value) writeEntry(entry, below, builder)
}

/** Null when a value does not fit in one line. */
function oneLine(value: ValueTree): string | null {
  if (typeof value === 'string') return value
  const parts: string[] = []
  let length = 0
  for (const { name, value: part } of value) {
    const text = typeof part === 'string' ? part : listLine(part)
    if (text === null) return null
    length += text.length
    if (length > LONGEST_LINE || text.includes('\n')) return null
    if (text !== '') parts.push(name === null ? text : `${name}: ${text}`)
  }
  return parts.join('; ')
}

/** Values without names, such as tags. */
function listLine(entries: readonly ValueEntry[]): string | null {
  const values: string[] = []
  for (const { name, value } of entries) {
    if (name !== null || typeof value !== 'string') return null
    values.push(value)
  }
  return values.join(', ')
}
