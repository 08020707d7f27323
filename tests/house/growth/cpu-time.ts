import { readFileSync } from 'node:fs'

/** Time that this thread was computing, in milliseconds: what other processes take is no part of it. */
export function cpuTime(): number {
  try {
    const [ns] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
    return Number(ns) / 1e6
  } catch {
    // Only Linux tells it of one thread.
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
}
