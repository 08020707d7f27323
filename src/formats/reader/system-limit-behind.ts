/** Causes of an error within one another. */
const MOST_CAUSES = 10
/** Of Node, V8, WebAssembly and zlib, when the system gives them no memory. */
const NO_MEMORY = /could not allocate|failed to allocate|allocation failed|insufficient memory/i

/** What the system refused, whatever a reader of some format made of it. */
export function systemLimitBehind(error: unknown): 'files' | 'memory' | null {
  let behind = error
  for (let i = 0; i < MOST_CAUSES && behind instanceof Error; i++) {
    if ('code' in behind && behind.code === 'EFBIG') return 'files'
    if (NO_MEMORY.test(behind.message)) return 'memory'
    behind = behind.cause
  }
  return null
}
