import { cleanText } from '../read/clean-text.ts'
import { visibleName } from './visible-text.ts'

const BREAKS = /[\t\n\u2028\u2029]+/g

/**
 * A name as it is kept and looked up, of a document, a tag, or what a caller calls their own: letters
 * in one form (NFC), nothing that cannot be seen, on one line.
 */
export function keptName(text: string): string {
  return visibleName(cleanText(text).replace(BREAKS, ' ')).normalize('NFC').trim()
}
