import { comeBack } from '../../engine/work/announced-work.ts'
import { isSameVector, isSampleOf } from '../hnsw/sample-check.ts'
import type { IndexMark } from '../index-head.ts'
import { inSlices } from '../slices.ts'
import type { FlatFile } from './flat-file.ts'
import type { FlatIndex } from './flat-index.ts'

/** How much of what is visible has been restored; `some` may also hold what is not visible any more. */
export type Restored = 'nothing' | 'some' | 'all'

export interface FlatCacheParts {
  readonly flatFile: FlatFile | null
  readonly mark: () => IndexMark
  /** The vector as the table has it; null when it has none. */
  readonly stored: (vectorId: number) => Float32Array | null
  /** Tells the visible rows from those of another time; null while the index may hold others. */
  readonly fingerprint: () => Generator<void, string | null, void>
}

/** Fewer vectors are read row by row in no time. */
const WORTH_A_FILE = 500
/** Changes since the last save, as a share of what was saved; fewer are replayed from the table. */
const WORTH_SAVING = 0.05

/** Keeps the vectors of a flat index in a file, for the next opening. */
export class FlatCache {
  readonly #index: FlatIndex
  readonly #parts: FlatCacheParts
  #saved = 0
  #changes = 0
  #ahead: ReturnType<FlatFile['load']> | null = null

  constructor(index: FlatIndex, parts: FlatCacheParts) {
    this.#index = index
    this.#parts = parts
  }

  /** Begins to read the file, for {@link restore} to take up. */
  readAhead(): void {
    const { flatFile, mark } = this.#parts
    this.#ahead ??= flatFile?.load(mark()) ?? null
  }

  /** Fills the index, if the file has these very vectors. */
  async restore(): Promise<Restored> {
    const { flatFile, mark, stored } = this.#parts
    const now = mark()
    const content = (await comeBack(Promise.resolve(this.#ahead ?? flatFile?.load(now)))) ?? null
    this.#ahead = null
    if (content === null) return 'nothing'
    this.#index.adopt(content)
    if (!(await isSampleOf(this.#index, stored, isSameVector))) {
      await this.#index.close()
      return 'nothing'
    }
    this.#saved = this.#index.size
    const isOfNow = content.generation === now.generation && content.fingerprint !== null
    return isOfNow && content.fingerprint === (await this.#fingerprint()) ? 'all' : 'some'
  }

  /** Call this when a vector comes or goes. */
  changed(): void {
    this.#changes++
  }

  get isWorthSaving(): boolean {
    return (
      this.#parts.flatFile !== null &&
      this.#index.size >= WORTH_A_FILE &&
      this.#changes > WORTH_SAVING * this.#saved
    )
  }

  async save(): Promise<void> {
    const { flatFile, mark } = this.#parts
    const changes = this.#changes
    const before = mark()
    const found = await this.#fingerprint()
    const fingerprint = mark().generation === before.generation ? found : null
    const isCurrent = () => this.#changes === changes
    const isSaved = await flatFile?.save(this.#index.content, { ...before, fingerprint }, isCurrent)
    if (isSaved !== true) return
    this.#saved = this.#index.size
    this.#changes = 0
  }

  discard(): void {
    this.#saved = 0
    this.#parts.flatFile?.discard()
  }

  async #fingerprint(): Promise<string | null> {
    let found: string | null = null
    const steps = function* (this: FlatCache) {
      found = yield* this.#parts.fingerprint()
    }
    await inSlices(steps.call(this))
    return found
  }
}
