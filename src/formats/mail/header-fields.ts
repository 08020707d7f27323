import { decodeBytes } from '../encoding/decode-bytes.ts'
import { detectEncoding } from '../encoding/detect-encoding.ts'
import { fromQuotedPrintable } from './transfer-encoding.ts'

/** In characters; what is longer is cut. */
const LONGEST_VALUE = 10_000
const MOST_FIELDS = 1000
const ENCODED_WORD = /=\?([\w.:-]{1,40})(?:\*[\w-]{1,20})?\?([bq])\?([^?\s]{0,1000})\?=/gi
/** Between two encoded words space means nothing. */
const BETWEEN = /(\?=)\s{1,100}(?==\?)/g
const PARAMETER = /;\s{0,20}([\w*-]{1,60})\s{0,20}=\s{0,20}(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))/g

/** A field such as `text/plain; charset=utf-8`, or a part of one. */
export interface FieldValue {
  /** In lower case. */
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

/** The fields at the head of a mail or of one of its parts, by their names in lower case. */
export class HeaderFields {
  readonly #fields = new Map<string, string>()

  constructor(head: Buffer) {
    const text = textOf(head).replace(/\r\n?/g, '\n')
    let name = ''
    for (const line of text.split('\n', MOST_FIELDS)) {
      if (/^[ \t]/.test(line)) {
        const before = this.#fields.get(name)
        if (before !== undefined) this.#fields.set(name, joined(before, line))
        continue
      }
      const colon = line.indexOf(':')
      name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
      // Of several the first counts, as readers of mail show it.
      if (name === '' || this.#fields.has(name)) name = ''
      else this.#fields.set(name, line.slice(colon + 1).slice(0, LONGEST_VALUE))
    }
  }

  /** In words; empty where there is none. */
  words(name: string): string {
    return decodedWords(this.#fields.get(name) ?? '')
  }

  value(name: string): FieldValue {
    const raw = this.#fields.get(name) ?? ''
    const semicolon = raw.indexOf(';')
    const value = semicolon === -1 ? raw : raw.slice(0, semicolon)
    return { value: value.trim().toLowerCase(), parameters: parametersOf(raw) }
  }
}

function joined(before: string, line: string): string {
  return before.length < LONGEST_VALUE ? `${before} ${line.trim()}`.slice(0, LONGEST_VALUE) : before
}

/** Heads should be ASCII, and many are in UTF-8 or what the writer's country has. */
function textOf(head: Buffer): string {
  try {
    return decodeBytes(head, 'utf-8')
  } catch {
    return decodeBytes(head, detectEncoding(head) ?? 'windows-1252', false)
  }
}

function decodedWords(raw: string): string {
  const whole = raw.replace(BETWEEN, '$1')
  const words = whole.replace(ENCODED_WORD, (word, charset: string, kind: string, text: string) => {
    const bytes =
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64')
        : fromQuotedPrintable(Buffer.from(text.replaceAll('_', ' '), 'latin1'))
    return decoded(bytes, charset) ?? word
  })
  return words.replace(/\s+/g, ' ').trim()
}

function decoded(bytes: Buffer, charset: string): string | null {
  try {
    return decodeBytes(bytes, charset, false)
  } catch {
    return null
  }
}

/** Those that go on in several pieces, or name their encoding, are put together and come first. */
function parametersOf(raw: string): Map<string, string> {
  const plain = new Map<string, string>()
  const pieces = new Map<string, string>()
  const encoded = new Set<string>()
  for (const [, key = '', quoted, bare] of raw.matchAll(PARAMETER)) {
    const [name = ''] = key.toLowerCase().split('*', 1)
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
    if (key.endsWith('*')) encoded.add(name)
    if (key.includes('*')) pieces.set(name, (pieces.get(name) ?? '') + value)
    else plain.set(name, decodedWords(value))
  }
  for (const [name, value] of pieces) plain.set(name, encoded.has(name) ? percented(value) : value)
  return plain
}

/** Such as `utf-8''Stra%C3%9Fe`. */
function percented(value: string): string {
  const [charset = '', language, ...rest] = value.split("'")
  const isTold = language !== undefined && rest.length > 0
  const text = isTold ? rest.join("'") : value
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return decoded(Buffer.from(plain, 'latin1'), (isTold && charset) || 'utf-8') ?? text
}
