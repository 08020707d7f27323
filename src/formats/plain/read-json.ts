import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { type ValueTree, writeTree } from './value-tree.ts'

/**
 * Writes the values of JSON, or of one JSON value a line.
 *
 * @throws {UnreadableFile} when it is neither, or nests too deeply
 */
export function readJson(text: string, builder: TextBuilder, maxDepth: number): void {
  writeTree(treeOf(parsed(text.replace(/^\ufeff/, '')), maxDepth, 0), builder)
}

/**
 * Writes one JSON value a line.
 *
 * @throws {UnreadableFile} when a line is none, or nests too deeply
 */
export function readJsonLines(text: string, builder: TextBuilder, maxDepth: number): void {
  const values: unknown[] = []
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    try {
      values.push(JSON.parse(line))
    } catch (cause) {
      throw new UnreadableFile(`Line ${i + 1} of the file is not valid JSON.`, { cause })
    }
  }
  writeTree(treeOf(values, maxDepth, 0), builder)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const values = linesOf(text)
    if (values) return values
    const place = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined
    const where = place === undefined ? '' : ` at ${place}`
    throw new UnreadableFile(`The file is not valid JSON${where}.`, { cause: error })
  }
}

function linesOf(text: string): unknown[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < 2) return null
  try {
    return lines.map((line) => JSON.parse(line) as unknown)
  } catch {
    return null
  }
}

function treeOf(value: unknown, maxDepth: number, depth: number): ValueTree {
  if (depth > maxDepth) {
    throw new UnreadableFile(`The file nests values more than ${maxDepth} deep.`)
  }
  if (Array.isArray(value)) {
    return value.map((item) => ({ name: null, value: treeOf(item, maxDepth, depth + 1) }))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([name, item]) => ({
      name,
      value: treeOf(item, maxDepth, depth + 1),
    }))
  }
  return value === null ? '' : String(value)
}
