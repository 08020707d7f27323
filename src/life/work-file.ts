import { closeSync, openSync, writeSync } from 'node:fs'
import type { Work } from '../engine/work/announced-work.ts'

/** Its names are bounded, so that what is announced never comes near this. */
const BYTES = 4096

/**
 * The file that says what holds the event loop. It is written before the work runs, by one call that
 * needs no disk, and so outlives whatever end the process comes to.
 */
export class WorkFile {
  readonly #bytes = Buffer.alloc(BYTES, ' ')
  #file: number | null
  #written = 0
  #told: Work | null | undefined

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600)
    this.tell(null)
  }

  tell(work: Work | null): void {
    if (this.#file === null || work === this.#told) return
    this.#told = work
    // What is left of a longer one before it is written over.
    const length = this.#bytes.write(JSON.stringify(work ?? {}))
    this.#bytes.fill(' ', length, Math.max(length, this.#written))
    try {
      writeSync(this.#file, this.#bytes, 0, Math.max(length, this.#written), 0)
      this.#written = length
    } catch {
      // Nothing is held against anybody then.
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}
