import type { Steps } from '../../../vectors/slices.ts'
import type { Connection } from './connection.ts'

/** What `PRAGMA auto_vacuum` tells of a database that can become smaller. */
const INCREMENTAL = 2
/** Freed pages that are kept for what is written next: 4 MB, or this share of the database. */
const KEPT_PAGES = 512
const KEPT_SHARE = 0.05
/** Pages moved in one step, each from the end of the file into a free place. */
const STEP_PAGES = 16

/**
 * Gives pages that deletions have freed back to the disk; else a deletion would make no room for
 * anybody but its own workspace. The file becomes shorter with the next checkpoint.
 */
export function* giveBackPages(connection: Connection): Steps {
  if (connection.pragma<number>('auto_vacuum') !== INCREMENTAL) return
  const kept = Math.max(KEPT_PAGES, connection.pragma<number>('page_count') * KEPT_SHARE)
  while (connection.pragma<number>('freelist_count') > kept) {
    connection.takePagesOff(STEP_PAGES)
    yield
  }
}
