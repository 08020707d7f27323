import type { StoredChunk } from '../../ports/stored-rows.ts'

const UNNAMED = new Set(['', 'unknown_source', 'no-file-path'])

/** A file that passages come from; ids count from "1". */
export interface FileReference {
  readonly referenceId: string
  readonly filePath: string
}

/** Numbers the files of these chunks: most chunks first, then first appearance. */
export function fileReferences(chunks: readonly StoredChunk[]): {
  references: FileReference[]
  referenceOf: (chunk: StoredChunk) => string
} {
  const counts = new Map<string, number>()
  for (const { filePath } of chunks) {
    if (!UNNAMED.has(filePath)) counts.set(filePath, (counts.get(filePath) ?? 0) + 1)
  }
  // The sort is stable, so equal counts keep the order of appearance.
  const paths = [...counts].sort((a, b) => b[1] - a[1]).map(([path]) => path)
  const references = paths.map((filePath, i) => ({ referenceId: String(i + 1), filePath }))
  const ids = new Map(references.map(({ filePath, referenceId }) => [filePath, referenceId]))
  return { references, referenceOf: (chunk) => ids.get(chunk.filePath) ?? '' }
}
