/** A vector that was found; greater scores are closer. */
export interface VectorMatch {
  readonly vectorId: number
  /** Cosine similarity. */
  readonly score: number
}

/**
 * Vectors of one dimension and of length one, each under a vector id that is never used again.
 *
 * Lengths and finiteness are the caller's to check.
 */
export interface VectorIndex {
  add(vectorId: number, vector: Float32Array): void
  /** A vector id that is not here is no error. */
  remove(vectorId: number): void
  /**
   * The `limit` closest of those that `accept` lets through, closest first. Yields now and then; of
   * what comes or goes meanwhile it may or may not see something, of what stays it misses nothing.
   */
  search(
    vector: Float32Array,
    limit: number,
    accept: (vectorId: number) => boolean,
  ): Generator<void, VectorMatch[], void>
  readonly size: number
  /** Memory held, native memory included, in bytes. */
  readonly bytes: number
  close(): Promise<void>
}
