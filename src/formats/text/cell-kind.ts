/** In characters; what is longer is prose. */
const LONGEST_VALUE = 60
const NUMBER = /^[-+]?[$€£¥]?\s?[\d.,' ]*\d\s?[%€$£]?$/
const DATE = /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b/
const ADDRESS = /^(?:https?:\/\/|www\.)|^[^\s@]+@[^\s@]+$/

/** What a cell holds. */
export function kindOf(value: string): 'number' | 'date' | 'address' | 'words' {
  if (value.length > LONGEST_VALUE) return 'words'
  if (DATE.test(value)) return 'date'
  if (NUMBER.test(value)) return 'number'
  return ADDRESS.test(value) ? 'address' : 'words'
}
