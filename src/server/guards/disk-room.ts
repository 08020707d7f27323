import { statfs } from 'node:fs/promises'
import type { Config } from '../../config/config.ts'
import { EngineError } from '../../engine/ports/engine-error.ts'
import type { Room } from '../../engine/ports/room.ts'

/** What was measured so long ago still holds, in milliseconds. */
const FRESH_MS = 500
/** Of a small disk no more than this is kept. */
const LARGEST_SHARE = 0.1
/** Work on what was taken in may use this share of the reserve; the rest is for deletions. */
const SHARE_FOR_WORK = 0.5
/** Where a file system counts its files, it is as good as full when so few more may be made. */
const FEWEST_FILES = 64

interface Measured {
  readonly at: number
  /** In bytes, above the reserve; what was taken since is no part of it. */
  intake: number
  readonly work: number
}

/**
 * Keeps a part of every disk that the server writes to. On a full disk nothing could be deleted any
 * more, for a deletion writes before it gives anything back.
 */
export class DiskRoom implements Room {
  readonly #folders: readonly string[]
  readonly #reserveBytes: number
  #last: Measured | null = null
  #measuring: Promise<Measured> | null = null

  /** @param folders that are there; each may lie on a disk of its own */
  constructor(folders: readonly string[], reserveBytes: number) {
    this.#folders = folders
    this.#reserveBytes = reserveBytes
  }

  /** Counts what it grants, so that many who ask at once are not all given the same room. */
  async forIntake(bytes: number): Promise<void> {
    const measured = await this.#measured()
    if (measured.intake <= bytes) throw new EngineError('storage_full', NO_INTAKE)
    measured.intake -= bytes
  }

  async forWork(): Promise<void> {
    const { work } = await this.#measured()
    if (work <= 0) throw new EngineError('storage_full', NO_WORK)
  }

  /** The same as {@link forIntake}, for callers that will ask again when they write. */
  async refuseUnlessFree(bytes: number): Promise<void> {
    const { intake } = await this.#measured()
    if (intake <= bytes) throw new EngineError('storage_full', NO_INTAKE)
  }

  async #measured(): Promise<Measured> {
    const last = this.#last
    if (last !== null && performance.now() - last.at < FRESH_MS) return last
    this.#measuring ??= this.#measure().finally(() => {
      this.#measuring = null
    })
    return this.#measuring
  }

  async #measure(): Promise<Measured> {
    const disks = await Promise.all(this.#folders.map((folder) => this.#look(folder)))
    const measured = {
      at: performance.now(),
      intake: Math.min(...disks.map(({ intake }) => intake)),
      work: Math.min(...disks.map(({ work }) => work)),
    }
    this.#last = measured
    return measured
  }

  /** A folder that cannot be looked at refuses nothing: whoever writes there will learn why. */
  async #look(folder: string): Promise<{ intake: number; work: number }> {
    const disk = await statfs(folder).catch(() => null)
    if (disk === null) return { intake: Infinity, work: Infinity }
    const { bavail, bsize, blocks, files, ffree } = disk
    const hasFiles = files === 0 || ffree > FEWEST_FILES
    const free = hasFiles ? bavail * bsize : 0
    const reserve = Math.min(this.#reserveBytes, blocks * bsize * LARGEST_SHARE)
    return { intake: free - reserve, work: free - reserve * SHARE_FOR_WORK }
  }
}

/** The room on the disks that a configuration names. */
export function diskRoomOf({ WORKING_DIR, INPUT_DIR, DISK_RESERVE_MB }: Config): DiskRoom {
  return new DiskRoom([WORKING_DIR, INPUT_DIR], DISK_RESERVE_MB * 1024 * 1024)
}

const NO_INTAKE =
  'The disk of the server is nearly full, and the rest is kept for deletions. Nothing of this was ' +
  'taken in. Delete documents, or ask whoever runs the server for more room, and send it again.'

const NO_WORK =
  'The disk of the server is nearly full, and the rest is kept for deletions. This waits until there ' +
  'is room again.'
