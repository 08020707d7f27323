// Loaded into a real server and its hosts before anything else. In a workspace named `plant-<how>-<stage>`,
// and in a question that says `plant<how>`, a host meets a fault: where a stage has been announced, or where
// the storage is asked for the words of the question.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import Database from 'better-sqlite3'

/** Work that never gives the event loop back, fills the heap, or ends the process. */
const FAULTS = {
  hang() {
    for (;;);
  },
  heap() {
    for (const held = []; ; ) held.push(new Array(1000).fill({ held }))
  },
  abort() {
    process.abort()
  },
  segv() {
    process.kill(process.pid, 'SIGSEGV')
    for (;;);
  },
}

if (process.send !== undefined) {
  const { writeSync, promises } = fs
  fs.writeSync = (...args) => {
    const written = writeSync(...args)
    const said = String(args[1].subarray?.(0, 400) ?? '')
    const [, how, planted] = /^{"workspace":"plant-([a-z]+)-([a-z]+)"/.exec(said) ?? []
    const stage = /"stage":"(\w+)"/.exec(said)?.[1]
    if (how !== undefined && stage === planted) FAULTS[how]()
    return written
  }
  // A file that was made of others, and that ends whoever reads it.
  const { readFile } = promises
  promises.readFile = (path, ...more) => {
    const [, how] = /plant-([a-z]+)-file\/\w+\.hnsw\.head$/.exec(String(path)) ?? []
    if (how !== undefined && fs.existsSync(path)) FAULTS[how]()
    return readFile(path, ...more)
  }
  syncBuiltinESMExports()

  const statement = Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1'))
  for (const name of ['all', 'get', 'run', 'iterate']) {
    const method = statement[name]
    statement[name] = function (...values) {
      for (const value of values) {
        const [, how] =
          (typeof value === 'string' && /plant(hang|heap|abort|segv)/i.exec(value)) || []
        if (how !== undefined) FAULTS[how.toLowerCase()]()
      }
      return method.apply(this, values)
    }
  }
}
