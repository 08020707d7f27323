import { writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'
import type { Fault } from '../life/life-files.ts'

/** What the thread that guards a host is told. */
export interface HostGuardData {
  /** Counts the turns of the event loop. */
  readonly beats: Int32Array
  /** A pipe whose other end only the front holds. */
  readonly pipe: number
  /** CPU that the process may spend without a turn of its loop, in milliseconds. */
  readonly stallCpuMs: number
  readonly maxResidentBytes: number
  /** Where the process leaves word of why it was ended. */
  readonly word: string
}

const LOOK_EVERY_MS = 250

const { beats, pipe, stallCpuMs, maxResidentBytes, word }: HostGuardData = workerData

// The front is gone, by whatever hand: nobody is answered any more, and the workspaces are wanted.
new Socket({ fd: pipe }).once('close', end).on('error', end).resume()

let seen = -1
let cpuSeen = 0
setInterval(() => {
  const { user, system } = process.cpuUsage()
  const cpuMs = (user + system) / 1000
  const beat = Atomics.load(beats, 0)
  // The clock alone decides nothing: on a busy machine a loop stands still without spending anything.
  if (beat !== seen) {
    seen = beat
    cpuSeen = cpuMs
  } else if (cpuMs - cpuSeen >= stallCpuMs) {
    endFor('stalled')
  }
  if (process.memoryUsage.rss() > maxResidentBytes) endFor('memory')
}, LOOK_EVERY_MS)

function endFor(fault: Fault): void {
  try {
    writeFileSync(word, JSON.stringify({ fault }), { mode: 0o600 })
  } finally {
    end()
  }
}

/** Not by `exit`, for that would wait for the loop that stands still. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
