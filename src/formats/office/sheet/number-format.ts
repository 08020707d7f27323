/** How a workbook shows the numbers of a cell. */
export interface NumberFormat {
  readonly kind: 'general' | 'number' | 'date' | 'time' | 'moment'
  /** Figures behind the point. */
  readonly decimals: number
  readonly percent: boolean
  readonly grouped: boolean
  readonly before: string
  readonly after: string
}

const GENERAL: NumberFormat = {
  kind: 'general',
  decimals: 0,
  percent: false,
  grouped: false,
  before: '',
  after: '',
}

/** Those that a workbook need not declare, by their numbers. */
const BUILT_IN: Readonly<Record<number, string>> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  5: '$#,##0',
  6: '$#,##0',
  7: '$#,##0.00',
  8: '$#,##0.00',
  9: '0%',
  10: '0.00%',
  37: '#,##0',
  38: '#,##0',
  39: '#,##0.00',
  40: '#,##0.00',
}
const DATES: Readonly<Record<number, NumberFormat['kind']>> = {
  14: 'date',
  15: 'date',
  16: 'date',
  17: 'date',
  18: 'time',
  19: 'time',
  20: 'time',
  21: 'time',
  22: 'moment',
  45: 'time',
  46: 'time',
  47: 'time',
}
const LONGEST_CODE = 255
const QUOTED = /"([^"]*)"|\\(.)|\[\$([^[\]-]*)(?:-[^[\]]*)?\]|\[[^[\]]*\]|_.|\*./g
const FIGURES = /[#0?][#0?,]*(?:\.([#0?]+))?/
const MOST_DECIMALS = 10

/** @param code as the workbook declares it, if it does */
export function numberFormat(id: number, code: string | undefined): NumberFormat {
  const known = DATES[id]
  if (code === undefined && known) return { ...GENERAL, kind: known }
  const declared = code ?? BUILT_IN[id]
  if (declared === undefined || declared.length > LONGEST_CODE) return GENERAL
  // What stands behind it is for negative numbers, zero and words.
  const [positive = ''] = declared.split(';', 1)
  const bare = positive.replace(QUOTED, '')
  if (/^general$/i.test(bare.trim()) || bare.includes('@')) return GENERAL
  const timed = /[hs]/i.test(bare) || /\[[hms]+\]/i.test(positive)
  // Beside hours or seconds it is minutes.
  const dated = /[yd]/i.test(bare) || (/m/i.test(bare) && !timed)
  if (dated) return { ...GENERAL, kind: timed ? 'moment' : 'date' }
  return timed ? { ...GENERAL, kind: 'time' } : figuresOf(positive, bare)
}

function figuresOf(code: string, bare: string): NumberFormat {
  const figures = FIGURES.exec(bare)
  // A fraction or a power of ten says less than the number.
  if (!figures || /[/E]/.test(bare)) return GENERAL
  const words = code.replace(QUOTED, (sign, quoted, escaped, currency) =>
    sign.startsWith('[') ? (currency ?? '') : (quoted ?? escaped ?? ''),
  )
  const place = FIGURES.exec(words)
  const before = place ? words.slice(0, place.index) : ''
  const after = place ? words.slice(place.index + place[0].length) : ''
  return {
    kind: 'number',
    decimals: Math.min(MOST_DECIMALS, figures[1]?.length ?? 0),
    percent: bare.includes('%'),
    grouped: figures[0].includes(','),
    before: unitOf(before),
    after: unitOf(after),
  }
}

/** Brackets and signs of a format are no words of its numbers. */
const unitOf = (words: string) => words.replace(/[()%#0?,]/g, '').trimEnd()

/** A number as the workbook shows it; a date by the calendar of 1900, or of 1904. */
export function formatted(number: number, format: NumberFormat, is1904: boolean): string {
  const { kind, decimals, percent, grouped, before, after } = format
  if (kind === 'general') return plainNumber(number)
  if (kind !== 'number') return dated(number, kind, is1904)
  const size = Math.abs(number) * (percent ? 100 : 1)
  if (size >= 1e15) return plainNumber(number)
  const text = figuresAs(decimals, grouped).format(Number(size.toPrecision(15)))
  const sign = number < 0 && /[1-9]/.test(text) ? '-' : ''
  return `${sign}${before}${text}${percent ? '%' : ''}${after}`
}

/** Without what arithmetic leaves behind the fifteenth figure. */
const plainNumber = (number: number) => String(Number(number.toPrecision(15)))

const FIGURES_AS = new Map<string, Intl.NumberFormat>()

/** Rounds as workbooks do, also where the binary number lies a little below the half. */
function figuresAs(decimals: number, grouped: boolean): Intl.NumberFormat {
  const key = `${decimals} ${grouped}`
  const known = FIGURES_AS.get(key)
  if (known) return known
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const format = new Intl.NumberFormat('en-US', { ...digits, useGrouping: grouped })
  FIGURES_AS.set(key, format)
  return format
}

const DAY_MS = 86_400_000
/** The day before the first of the calendar of 1900, in which a day of February never was. */
const BEFORE_1900 = Date.UTC(1899, 11, 30)
const BEFORE_1904 = Date.UTC(1904, 0, 1)
const LAST_DAY = 2_958_466

function dated(number: number, kind: 'date' | 'time' | 'moment', is1904: boolean): string {
  if (!(number >= 0 && number < LAST_DAY)) return plainNumber(number)
  const days = number >= 60 || is1904 ? number : number + 1
  const ms = Math.round((days * DAY_MS) / 1000) * 1000
  if (kind === 'time') return timeOf(Math.round((number * DAY_MS) / 1000))
  const [day = '', time = ''] = new Date((is1904 ? BEFORE_1904 : BEFORE_1900) + ms)
    .toISOString()
    .split('T')
  const isWholeDay = time.startsWith('00:00:00')
  return kind === 'date' || isWholeDay ? day : `${day} ${time.slice(0, 8)}`
}

function timeOf(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
