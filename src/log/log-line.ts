import { styleText } from 'node:util'

/** A line of the log as the logger writes it, parsed. */
type LogLine = Readonly<Record<string, unknown>>

const LEVELS: Readonly<Record<number, readonly [string, Parameters<typeof styleText>[0]]>> = {
  10: ['TRACE', 'gray'],
  20: ['DEBUG', 'gray'],
  30: ['INFO', 'green'],
  40: ['WARN', 'yellow'],
  50: ['ERROR', 'red'],
  60: ['FATAL', 'red'],
}
const ERROR = 50
/** Shown in another way, or of no use on a terminal. */
const APART = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'req',
  'res',
  'responseTime',
  'err',
])

/**
 * A line of the log for people: time, level, message, then the fields as `name=value`. What callers
 * have a hand in cannot move the cursor, nor turn the text around.
 *
 * @param line JSON, as the logger writes it
 * @param colours whether the level and the fields are coloured
 */
export function readableLine(line: string, colours: boolean): string {
  const entry = parsed(line)
  if (entry === null) return line
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text
  const level = Number(entry.level)
  const [name, colour] = LEVELS[level] ?? ['', 'gray']
  const fields = Object.entries(entry)
    .filter(([key, value]) => !APART.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${plainValue(value)}`)
  const head = [timeOf(entry.time), paint(colour, name.padEnd(5)), messageOf(entry)].join(' ')
  const more = fields.length === 0 ? '' : `  ${paint('gray', fields.join(' '))}`
  return `${head}${more}\n${errorOf(entry, level)}`
}

function parsed(line: string): LogLine | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function timeOf(time: unknown): string {
  return new Date(Number(time)).toTimeString().slice(0, 8)
}

/** Of a request: method, path, status and how long it took. */
function messageOf({ msg, req, res, responseTime }: LogLine): string {
  const message = shown(String(msg ?? ''))
  const { method, url } = Object(req)
  if (method === undefined) return message
  const { statusCode } = Object(res)
  if (statusCode === undefined) return `${message} ${shown(`${method} ${url}`)}`
  return `${shown(`${method} ${url}`)} ${statusCode} in ${Math.round(Number(responseTime))} ms`
}

/** What was thrown, below its line; where it came from only when that is for us to mend. */
function errorOf({ err }: LogLine, level: number): string {
  const { type, message, stack } = Object(err)
  if (message === undefined) return ''
  const text = level >= ERROR && typeof stack === 'string' ? stack : `${type}: ${message}`
  return `${text
    .split('\n')
    .map((part) => `    ${shown(part)}\n`)
    .join('')}`
}

const PLAIN = /^[\p{L}\p{N}\p{P}\p{S}]+$/u
/** Controls, and what turns the direction of a text or stands in it unseen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function plainValue(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value) && !/[="]/.test(value)) return value
  return shown(JSON.stringify(value))
}

function shown(text: string): string {
  return text.replaceAll(UNSEEN, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)
}
