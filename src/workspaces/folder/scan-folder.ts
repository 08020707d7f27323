import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScanStatus } from '../../engine/documents/document-calls.ts'
import type { ScanRecords } from '../../engine/ports/files.ts'

const NAME = /^scan_\d{8}_\d{6}_[0-9a-f]{8}\.json$/

/** What became of the last scans, in a folder of small files. */
export class ScanFolder implements ScanRecords {
  readonly #folder: string
  readonly #keep: number

  /** @param keep how many are kept; the oldest go first */
  constructor(folder: string, keep: number) {
    this.#folder = folder
    this.#keep = keep
  }

  async save(status: ScanStatus): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, nameOf(status.track_id))
    await writeFile(`${path}.new`, JSON.stringify(status))
    await rename(`${path}.new`, path)
    // Their names begin with the time.
    const names = (await readdir(this.#folder)).filter((name) => NAME.test(name)).sort()
    for (const name of names.slice(0, -this.#keep)) await rm(join(this.#folder, name))
  }

  async find(trackId: string): Promise<ScanStatus | null> {
    const name = nameOf(trackId)
    if (!NAME.test(name)) return null
    const text = await readFile(join(this.#folder, name), 'utf8').catch(() => null)
    if (text === null) return null
    const status: ScanStatus = JSON.parse(text)
    if (status.status !== 'running') return status
    return { ...status, status: 'abandoned', message: 'The server ended while it was under way.' }
  }
}

function nameOf(trackId: string): string {
  return `${trackId}.json`
}
