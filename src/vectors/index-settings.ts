import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HnswFile } from './hnsw/hnsw-file.ts'
import { type LoadHnswLibrary, loadHnswLibrary } from './hnsw/hnsw-library.ts'

/** How the vectors of a store are searched. */
export interface VectorIndexSettings {
  /** The folder of the index files; null keeps none. */
  readonly dir: string | null
  /** Up to how many vectors of a kind the exact scan is the only search. */
  readonly crossOver: number
  readonly loadLibrary: LoadHnswLibrary
}

/**
 * By `npm run bench -- vectors`: a graph answers in a third of the time of an exact scan here, a few
 * milliseconds, and each vector that enters it costs one. Questions about a workspace of this size
 * are seldom so many that this pays; above, the scan grows and the graph hardly.
 */
export const CROSS_OVER = 25_000

export function vectorIndexSettings(
  dir: string | null,
  { crossOver = CROSS_OVER, loadLibrary = loadHnswLibrary }: Partial<VectorIndexSettings> = {},
): VectorIndexSettings {
  return { dir, crossOver, loadLibrary }
}

/** The file of the graph of one kind of vectors. */
export function indexFile({ dir }: VectorIndexSettings, kind: string): HnswFile | null {
  return dir === null ? null : new HnswFile(join(dir, `${kind}.hnsw`))
}

/** Removes all files of indexes in a folder; the vectors are read from the database then. */
export async function discardIndexFiles(dir: string): Promise<void> {
  const names = await readdir(dir)
  for (const name of names.filter((one) => INDEX_FILE.test(one))) await rm(join(dir, name))
}

const INDEX_FILE = /\.(?:hnsw|hnsw\.head)$/
