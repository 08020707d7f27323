import { mkdirSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { replaceFile } from '../../files/replace-file.ts'
import { context } from '../context.ts'
import { ProcessLock } from '../control-files/process-lock.ts'
import {
  AUDIT_FILE,
  AUDIT_HEAD_FILE,
  type AuditChain,
  type AuditFields,
  type AuditHead,
  auditPath,
  EMPTY_HEAD,
  parseAuditLine,
} from './audit-chain.ts'
import {
  cutTornLine,
  readAuditFile,
  readHeadFile,
  rotatedFiles,
  rotatedName,
  sizeOf,
} from './audit-files.ts'

export interface AuditLogOptions {
  /** The storage folder. */
  readonly root: string
  readonly chain: AuditChain
  /** A file that has reached this size is set aside, in bytes. Default 16 MiB. */
  readonly maxBytes?: number
  /** Full files that are kept; the oldest one beyond goes. Default 64. */
  readonly keepFiles?: number
  /** Called for a failure to write; the lines stay in memory and are tried again. */
  readonly onError: (error: unknown) => void
}

/** Lines that wait are written together, this much later. */
const GATHER_MS = 20
const RETRY_MS = 1000
/** With the disk gone, memory must not go too. */
const MOST_WAITING = 50_000

interface WaitingLine {
  readonly time: string
  readonly fields: AuditFields
}

/**
 * The audit log: lines of JSON that are only ever appended, each bound to the one before.
 *
 * `record` returns at once; lines are written behind it, a batch at a time, under a lock that other
 * processes over the same folder take as well.
 */
export class AuditLog {
  readonly #options: AuditLogOptions
  readonly #lock: ProcessLock
  readonly #waiting: WaitingLine[] = []
  #lost = 0
  #written = 0
  /** How this process left the log: still so, unless another process wrote or somebody meddled. */
  #left: { readonly size: number; readonly head: AuditHead } | undefined
  #writing: Promise<void> | undefined
  #closed = false

  constructor(options: AuditLogOptions) {
    this.#options = options
    mkdirSync(auditPath(options.root, '.'), { recursive: true, mode: 0o700 })
    this.#lock = new ProcessLock(auditPath(options.root, 'audit.lock'))
  }

  record(fields: AuditFields): void {
    if (this.#closed) return
    if (this.#waiting.length >= MOST_WAITING) this.#lost += 1
    else this.#waiting.push({ time: new Date().toISOString(), fields })
    this.#start()
  }

  /** Resolves when all that was recorded so far is on disk, or cannot be written. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  /** Gauges for operators. */
  stats(): { readonly written: number; readonly waiting: number; readonly lost: number } {
    return { written: this.#written, waiting: this.#waiting.length, lost: this.#lost }
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
    this.#lock.close()
  }

  #start(): void {
    this.#writing ??= context
      .exit(() => this.#write())
      .finally(() => {
        this.#writing = undefined
        // What came after the last look at the queue.
        if (this.#waiting.length > 0 && !this.#closed) this.#start()
      })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (!this.#closed) await sleep(GATHER_MS)
      try {
        await this.#lock.run(() => this.#writeBatch())
      } catch (error) {
        this.#options.onError(error)
        if (this.#closed) return
        await sleep(RETRY_MS)
      }
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.slice()
    const { head, found } = await this.#openEnd()
    let last = head.last
    let text = ''
    const add = (time: string, fields: AuditFields) => {
      const line = this.#options.chain.append(last, time, fields)
      text += line.text
      last = line.mark
    }
    const now = new Date().toISOString()
    for (const fields of found) add(now, fields)
    if (this.#lost > 0) add(now, { event: 'audit_lines_lost', count: this.#lost })
    for (const { time, fields } of batch) add(time, fields)
    const size = await append(auditPath(this.#options.root, AUDIT_FILE), text)
    this.#waiting.splice(0, batch.length)
    this.#written += batch.length
    this.#lost = 0
    await this.#keepHead({ first: head.first, last })
    this.#left = { size, head: { first: head.first, last } }
    const { maxBytes = 16 * 1024 * 1024 } = this.#options
    if (size >= maxBytes) await this.#rotate({ first: head.first, last })
  }

  /** Where the log ends, and what has to be said of how it was found. */
  async #openEnd(): Promise<{ head: AuditHead; found: AuditFields[] }> {
    const { root, chain } = this.#options
    const left = this.#left
    if (left !== undefined && left.size === (await sizeOf(auditPath(root, AUDIT_FILE)))) {
      return { head: left.head, found: [] }
    }
    const found: AuditFields[] = []
    const torn = await cutTornLine(root)
    if (torn > 0) found.push({ event: 'audit_repaired', bytes: torn })
    const sealed = await readHeadFile(root)
    const opened = sealed === undefined ? undefined : chain.openHead(sealed)
    const head = opened ?? EMPTY_HEAD
    const end = await this.#lastLine()
    if (opened === undefined && (end ?? sealed) !== undefined) {
      found.push({ event: 'audit_damaged', what: 'head' })
    }
    if (end === undefined || end.seq < head.last.seq) {
      // Goes on from the head: the gap stays visible to every later verification.
      const whole = head.last.seq === 0 || (end === undefined && (await this.#justRotated(head)))
      if (!whole) found.push({ event: 'audit_damaged', what: 'end' })
      return { head, found }
    }
    // A crash between the lines and their head: the lines hold.
    return { head: { first: head.first, last: { seq: end.seq, mac: end.mac } }, found }
  }

  async #lastLine() {
    const text = await readAuditFile(this.#options.root, AUDIT_FILE)
    const last = text?.trimEnd().split('\n').at(-1)
    return last === undefined ? undefined : parseAuditLine(last)
  }

  async #justRotated({ last }: AuditHead): Promise<boolean> {
    return (await rotatedFiles(this.#options.root)).includes(rotatedName(last.seq))
  }

  async #rotate(head: AuditHead): Promise<void> {
    const { root, keepFiles = 64 } = this.#options
    await rename(auditPath(root, AUDIT_FILE), auditPath(root, rotatedName(head.last.seq)))
    this.#left = { size: 0, head }
    const names = await rotatedFiles(root)
    const gone = names.slice(0, Math.max(0, names.length - keepFiles))
    const newest = gone.at(-1)
    if (newest === undefined) return
    const text = await readAuditFile(root, newest)
    const line = parseAuditLine(text?.trimEnd().split('\n').at(-1) ?? '')
    // First the head: a crash in between leaves a file too many, never a gap.
    if (line !== undefined) {
      const kept = { first: { seq: line.seq, mac: line.mac }, last: head.last }
      await this.#keepHead(kept)
      this.#left = { size: 0, head: kept }
    }
    for (const name of gone) await rm(auditPath(root, name))
  }

  async #keepHead(head: AuditHead): Promise<void> {
    const { root, chain } = this.#options
    await replaceFile(auditPath(root, AUDIT_HEAD_FILE), chain.sealHead(head), 0o600)
  }
}

/** Appends durably; the size of the file afterwards, in bytes. */
async function append(path: string, text: string): Promise<number> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.appendFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
  return sizeOf(path)
}
