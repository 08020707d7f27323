import { rmSync, writeFileSync } from 'node:fs'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { BEATS, SLEEP, type StallThreadData, WORKING } from './stall-state.ts'

// It never comes back to its own event loop, so it takes what it is told from the port itself.
watch(parentPort as MessagePort, workerData)

function watch(port: MessagePort, { state, file, tickMs, ticks }: StallThreadData): never {
  let work: unknown = []
  let seen = -1
  let still = 0
  let isSaid = false

  const takeBack = () => {
    if (isSaid) rmSync(file, { force: true })
    isSaid = false
  }

  for (;;) {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      work = next.message
    }
    const beats = Atomics.load(state, BEATS)
    if (Atomics.load(state, WORKING) === 0) {
      takeBack()
      still = 0
      Atomics.wait(state, WORKING, 0)
      continue
    }
    if (beats !== seen) {
      seen = beats
      still = 0
      takeBack()
    } else if (++still >= ticks && !isSaid) {
      isSaid = true
      try {
        writeFileSync(file, JSON.stringify({ work }), { mode: 0o600 })
      } catch {
        // Nothing is held against anybody then.
      }
    }
    Atomics.wait(state, SLEEP, 0, tickMs)
  }
}
