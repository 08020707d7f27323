import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { hasCode, ifMissing } from '../../files/file-errors.ts'
import { syncFolderSync } from '../../files/sync-folder.ts'

/** Folder of the layer's own files. No workspace can have this name. */
const CONTROL = '_control'

/** Where a file of the layer's own is. */
export function controlFile(root: string, name: string): string {
  return join(root, CONTROL, name)
}

/** The text of a control file, or undefined when there is none. */
export function readControlFile(root: string, name: string): string | undefined {
  try {
    return readFileSync(controlFile(root, name), 'utf8')
  } catch (error) {
    return ifMissing(undefined)(error)
  }
}

/**
 * Writes a control file that only the server's user may read, unless it exists. It is there whole
 * or not at all, and durable on return.
 *
 * @returns what the file holds now: `text`, or what another process wrote first
 */
export function writeControlFileOnce(root: string, name: string, text: string): string {
  const folder = join(root, CONTROL)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.${name}.${randomUUID()}`)
  try {
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    linkUnlessThere(draft, join(folder, name))
  } finally {
    rmSync(draft, { force: true })
  }
  for (const path of [folder, root]) syncFolderSync(path)
  return readFileSync(join(folder, name), 'utf8')
}

function linkUnlessThere(draft: string, target: string): void {
  try {
    linkSync(draft, target)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}
