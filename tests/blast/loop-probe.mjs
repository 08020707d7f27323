/**
 * Loaded into every Node process of a server that is blasted: writes down how long its event loop
 * stood still. A line is `<time> <longest hold> <longest hold but for the wait for a processor>`, in
 * milliseconds, of the tenth of a second before.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const TICK_MS = 10
const LINE_MS = 100
const { BLAST_PROBE_FOLDER: folder } = process.env

if (isMainThread && folder !== undefined) watch(join(folder, `${process.pid}.holds`))

function watch(file) {
  let last = performance.now()
  let waited = waitedMs()
  let line = { from: last, hold: 0, own: 0 }
  const tick = () => {
    const now = performance.now()
    const wait = waitedMs()
    const hold = Math.max(0, now - last - TICK_MS)
    const own = Math.max(0, hold - (wait - waited))
    line = { from: line.from, hold: Math.max(line.hold, hold), own: Math.max(line.own, own) }
    last = now
    waited = wait
    if (now - line.from < LINE_MS) return
    appendFileSync(file, `${Date.now()} ${line.hold.toFixed(1)} ${line.own.toFixed(1)}\n`)
    line = { from: now, hold: 0, own: 0 }
  }
  setInterval(tick, TICK_MS).unref()
}

/** How long the main thread was ready to run and had no processor. */
function waitedMs() {
  try {
    const text = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1')
    return Number(text.split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}
