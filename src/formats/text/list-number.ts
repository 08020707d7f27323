const ROMAN = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
] as const
/** Letters and Roman figures would become long words. */
const LARGEST = 4000

/** How a list counts, in the words of HTML: figures, letters or Roman figures. */
export type ListStyle = '1' | 'a' | 'A' | 'i' | 'I'

/** A number as a list shows it. */
export function listNumber(number: number, style: ListStyle): string {
  if (!(number > 0 && number < LARGEST)) return String(number)
  if (style === 'a' || style === 'A') return cased(letters(number), style === 'A')
  if (style === 'i' || style === 'I') return cased(roman(number), style === 'I')
  return String(number)
}

const cased = (text: string, isUpper: boolean) => (isUpper ? text.toUpperCase() : text)

/** As in columns of a sheet: z is followed by aa. */
function letters(number: number): string {
  let text = ''
  for (let left = number; left > 0; left = Math.floor((left - 1) / 26)) {
    text = String.fromCharCode(97 + ((left - 1) % 26)) + text
  }
  return text
}

function roman(number: number): string {
  let text = ''
  let left = number
  for (const [value, sign] of ROMAN) {
    for (; left >= value; left -= value) text += sign
  }
  return text
}
