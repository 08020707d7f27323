import type { Message } from './message.ts'
import type { en } from './messages/en.ts'

export type MessageKey = keyof typeof en
export type Messages = Readonly<Record<MessageKey, Message>>
export type Values = Readonly<Record<string, string | number>>

export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr' },
  de: { name: 'Deutsch', direction: 'ltr' },
  zh: { name: '中文', direction: 'ltr' },
  ar: { name: 'العربية', direction: 'rtl' },
} as const
export type Language = keyof typeof LANGUAGES

export function isLanguage(name: string): name is Language {
  return Object.hasOwn(LANGUAGES, name)
}

/** The first of the languages somebody reads that the pages are written in. */
export function languageFor(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const [name = ''] = one.toLowerCase().split('-')
    if (isLanguage(name)) return name
  }
  return 'en'
}

/** Texts, numbers and times as one language writes them. */
export class Texts {
  readonly language: Language
  readonly #messages: Messages
  readonly #plural: Intl.PluralRules
  readonly #number: Intl.NumberFormat
  readonly #dateTime: Intl.DateTimeFormat
  readonly #relative: Intl.RelativeTimeFormat

  constructor(language: Language, messages: Messages) {
    this.language = language
    this.#messages = messages
    this.#plural = new Intl.PluralRules(language)
    this.#number = new Intl.NumberFormat(language)
    this.#dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  }

  /** A message with its `{values}` put in; numbers are written as the language writes them. */
  t = (key: MessageKey, values: Values = {}): string => {
    const message = this.#messages[key]
    return this.#form(message, values).replaceAll(/\{(\w{1,40})\}/g, (whole, name: string) => {
      const value = values[name]
      if (value === undefined) return whole
      return typeof value === 'number' ? this.#number.format(value) : value
    })
  }

  /** The message of a key that is put together, such as by the code of an error. */
  maybe = (key: string, values: Values = {}): string | undefined =>
    Object.hasOwn(this.#messages, key) ? this.t(key as MessageKey, values) : undefined

  number = (value: number): string => this.#number.format(value)

  /** @param time ISO 8601 */
  dateTime = (time: string): string => {
    const date = new Date(time)
    return Number.isNaN(date.getTime()) ? time : this.#dateTime.format(date)
  }

  /** Such as “5 min. ago”. */
  ago = (time: string, now = Date.now()): string => {
    const seconds = (new Date(time).getTime() - now) / 1000
    if (Number.isNaN(seconds)) return time
    const [unit, size] = UNITS.find(([, of]) => Math.abs(seconds) >= of) ?? (['second', 1] as const)
    return this.#relative.format(Math.round(seconds / size), unit)
  }

  /** In the largest unit that leaves a number to look at. */
  bytes = (count: number): string => {
    const power = Math.min(BYTES.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
    const unit = BYTES[power] ?? 'byte'
    const format = { style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 1 } as const
    return new Intl.NumberFormat(this.language, format).format(count / 1000 ** power)
  }

  #form(message: Message, { count }: Values): string {
    if (typeof message === 'string') return message
    const form = typeof count === 'number' ? this.#plural.select(count) : 'other'
    return message[form] ?? message.other
  }
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const
const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
