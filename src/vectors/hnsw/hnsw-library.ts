import type { HierarchicalNSW } from 'hnswlib-node'

/** The parts of the native library that are used here. */
export interface HnswLibrary {
  readonly HierarchicalNSW: new (space: 'cosine', dimension: number) => HierarchicalNSW
}

/** Null where the library is not installed. */
export type LoadHnswLibrary = () => Promise<HnswLibrary | null>

/** It is compiled at installation, so that it may well be missing; nothing is loaded before it is needed. */
export const loadHnswLibrary: LoadHnswLibrary = async () => {
  try {
    const { default: library } = await import('hnswlib-node')
    return library
  } catch {
    return null
  }
}
