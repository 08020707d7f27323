import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A node of a syntax tree, of which only what is asked for is known. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** The modules of the product, from the root of the repository. */
export async function sourceFiles(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort()
}

/** A node and all below it. */
export function* nodes(node: SyntaxNode): Generator<SyntaxNode> {
  yield node
  for (const value of Object.values(node)) {
    for (const item of [value].flat()) {
      if (typeof item === 'object' && item !== null && 'type' in item) {
        yield* nodes(item as SyntaxNode)
      }
    }
  }
}
