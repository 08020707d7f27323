import { createHmac, randomBytes } from 'node:crypto'
import {
  controlFile,
  readControlFile,
  writeControlFileOnce,
} from '../control-files/control-folder.ts'
import { sameSecret } from '../control-files/secret-digest.ts'

/** What one audit line says, besides its number and time. Ids are opaque; see `AuditChain.id`. */
export interface AuditFields {
  readonly event: string
  readonly user?: string | undefined
  readonly workspace?: string | undefined
  readonly [more: string]: string | number | boolean | undefined
}

export interface AuditLine extends AuditFields {
  readonly seq: number
  /** ISO 8601 in UTC. */
  readonly time: string
  /** HMAC over the line before and this one without it. */
  readonly mac: string
}

/** A place in the chain: the number of a line, and its HMAC. */
export interface AuditMark {
  readonly seq: number
  readonly mac: string
}

/** Kept apart from the lines: where they begin and where they end. */
export interface AuditHead {
  /** The line before the oldest one that is kept. */
  readonly first: AuditMark
  readonly last: AuditMark
}

export const AUDIT_FILE = 'audit.log'
export const AUDIT_HEAD_FILE = 'audit.head'
const KEY_FILE = 'audit_key'

/** Before the first line. */
export const ORIGIN: AuditMark = { seq: 0, mac: '' }

export const EMPTY_HEAD: AuditHead = { first: ORIGIN, last: ORIGIN }

export function auditPath(root: string, name: string): string {
  return controlFile(root, name)
}

/** Signs and checks audit lines with a key of the storage folder, made at first use. */
export class AuditChain {
  readonly #key: Buffer

  /** @param root the storage folder */
  constructor(root: string) {
    const kept = readControlFile(root, KEY_FILE)
    const key = kept ?? writeControlFileOnce(root, KEY_FILE, randomBytes(32).toString('base64url'))
    this.#key = Buffer.from(key.trim(), 'base64url')
    if (this.#key.length < 32) throw new Error(`_control/${KEY_FILE} is no key of 32 bytes`)
  }

  /**
   * An id for a name that stands in the log for it: the same for the same name, and not to be
   * guessed back without the key.
   */
  id(kind: 'user' | 'workspace', name: string): string {
    const digest = this.#hmac(`id\0${kind}\0${name.normalize('NFC').toLowerCase()}`)
    return `${kind === 'user' ? 'u' : 'w'}-${digest.slice(0, 16)}`
  }

  /** The text of the next line, and its place in the chain. */
  append(
    previous: AuditMark,
    time: string,
    fields: AuditFields,
  ): { text: string; mark: AuditMark } {
    const seq = previous.seq + 1
    const { event, ...more } = fields
    const body = { seq, time, event, ...more }
    const mac = this.#macOf(previous, JSON.stringify(body))
    return { text: `${JSON.stringify({ ...body, mac })}\n`, mark: { seq, mac } }
  }

  /** Whether a line follows the one before, unaltered. */
  follows(previous: AuditMark, line: AuditLine): boolean {
    const { mac, ...body } = line
    if (line.seq !== previous.seq + 1 || typeof mac !== 'string') return false
    return sameSecret(mac, this.#macOf(previous, JSON.stringify(body)))
  }

  sealHead(head: AuditHead): string {
    return `${JSON.stringify({ ...head, mac: this.#headMac(head) })}\n`
  }

  /** The head in `text`, or undefined when it is not one of ours. */
  openHead(text: string): AuditHead | undefined {
    const value = parseObject(text)
    if (value === undefined || !isMark(value.first) || !isMark(value.last)) return undefined
    const head = { first: markOf(value.first), last: markOf(value.last) }
    const { mac } = value
    return typeof mac === 'string' && sameSecret(mac, this.#headMac(head)) ? head : undefined
  }

  #headMac(head: AuditHead): string {
    return this.#hmac(`head\0${JSON.stringify(head)}`)
  }

  #macOf(previous: AuditMark, body: string): string {
    return this.#hmac(`line\0${previous.mac}\0${body}`)
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }
}

/** A line of the log as it stands, or undefined when it is none. */
export function parseAuditLine(text: string): AuditLine | undefined {
  const value = parseObject(text)
  return value !== undefined && isLine(value) ? value : undefined
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isLine(value: object): value is AuditLine {
  return isMark(value) && 'time' in value && 'event' in value && typeof value.event === 'string'
}

function isMark(value: unknown): value is AuditMark {
  if (typeof value !== 'object' || value === null) return false
  return 'seq' in value && Number.isInteger(value.seq) && 'mac' in value
}

function markOf({ seq, mac }: AuditMark): AuditMark {
  return { seq, mac }
}
