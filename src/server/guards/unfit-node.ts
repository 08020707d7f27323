import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The server, or the engine, cannot run on this Node; the message says what to do. */
export class UnfitNodeError extends Error {
  override readonly name = 'UnfitNodeError'
}

/**
 * Since 24.19 and 26.4 Node's headers take a hook away in the destructor of every native object. Up
 * to these minor versions Node aborts when that happens while no context is entered, as when the
 * collector runs between two tasks.
 */
const ABORTS_BEFORE: ReadonlyMap<number, number> = new Map([
  [24, 22],
  [26, 4],
])

/** What a library names that was compiled against such headers, and no other. */
const HOOK_TAKEN_AWAY = 'RemoveEnvironmentCleanupHook'

/**
 * Refuses a Node and an SQLite library that are known to abort together, sooner or later, with
 * requests and documents in hand. To be asked before the library is loaded.
 *
 * @throws {UnfitNodeError}
 */
export function refuseUnfitNode(
  node = process.versions.node,
  library: () => string = nativeLibrary,
): void {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const healthy = ABORTS_BEFORE.get(major)
  if (healthy === undefined || minor >= healthy || !isHooked(library())) return
  throw new UnfitNodeError(
    `Node ${node} aborts with better-sqlite3 as it is compiled here, whenever it collects garbage ` +
      `at the wrong moment. Use Node ${major}.${healthy} or newer, or Node 22, and run "npm ci" again.`,
  )
}

function nativeLibrary(): string {
  const script = createRequire(import.meta.url).resolve('better-sqlite3')
  return join(dirname(script), '..', 'build', 'Release', 'better_sqlite3.node')
}

/** A library that lies elsewhere is let pass: nothing is known of it. */
function isHooked(path: string): boolean {
  try {
    return readFileSync(path).includes(HOOK_TAKEN_AWAY)
  } catch {
    return false
  }
}
