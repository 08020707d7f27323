import { open, readdir, readFile, stat } from 'node:fs/promises'
import { ifMissing } from '../../files/file-errors.ts'
import { AUDIT_FILE, AUDIT_HEAD_FILE, auditPath } from './audit-chain.ts'

const ROTATED = /^audit\.(\d{12})\.log$/

/** Name of a full file whose last line has this number. */
export function rotatedName(lastSeq: number): string {
  return `audit.${String(lastSeq).padStart(12, '0')}.log`
}

/** Names of the full files, oldest first. */
export async function rotatedFiles(root: string): Promise<string[]> {
  const names = await readdir(auditPath(root, '.')).catch((): string[] => [])
  return names.filter((name) => ROTATED.test(name)).sort()
}

/** All files that hold lines, in the order of their lines. */
export async function auditFiles(root: string): Promise<string[]> {
  return [...(await rotatedFiles(root)), AUDIT_FILE]
}

/** Undefined when the file is not there. */
export function readAuditFile(root: string, name: string): Promise<string | undefined> {
  return readFile(auditPath(root, name), 'utf8').catch(ifMissing(undefined))
}

export function readHeadFile(root: string): Promise<string | undefined> {
  return readAuditFile(root, AUDIT_HEAD_FILE)
}

/**
 * Cuts off a last line that a crash left unfinished.
 *
 * @returns the bytes that were cut off
 */
export async function cutTornLine(root: string): Promise<number> {
  const path = auditPath(root, AUDIT_FILE)
  const file = await open(path, 'r+').catch(() => undefined)
  if (file === undefined) return 0
  try {
    const text = await file.readFile()
    const whole = text.lastIndexOf(0x0a) + 1
    if (whole === text.length) return 0
    await file.truncate(whole)
    await file.sync()
    return text.length - whole
  } finally {
    await file.close()
  }
}

/** In bytes; 0 for a file that is not there. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}
