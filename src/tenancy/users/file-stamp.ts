import { stat } from 'node:fs/promises'

/** File systems write times as coarse as this; a change sooner after another may not show. */
const COARSE_MS = 3000

/** Tells cheaply whether a file may have changed since it was last asked about. */
export class FileStamp {
  readonly #path: string
  #stamp: string | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** False when it is surely the same; true when it changed, changed lately or cannot be seen. */
  async mayHaveChanged(): Promise<boolean> {
    const before = this.#stamp
    this.#stamp = await stampOf(this.#path)
    return this.#stamp === undefined || this.#stamp !== before
  }

  /** Makes the next answer true. */
  forget(): void {
    this.#stamp = undefined
  }
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(path, { bigint: true })
    if (Date.now() - Number(ctimeMs) < COARSE_MS) return undefined
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch {
    return undefined
  }
}
