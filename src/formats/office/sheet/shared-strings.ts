import { parseXml } from '../../markup/parse-xml.ts'

/** Texts that cells point to. What tells how they are said is left out. */
export function sharedStrings(xml: string, maxDepth: number): string[] {
  const strings: string[] = []
  let words: string[] = []
  let inText = false
  let silent = 0
  parseXml(
    xml,
    {
      open(name) {
        if (name === 'si') words = []
        if (name === 'rPh') silent++
        inText = name === 't'
      },
      close(name) {
        inText = false
        if (name === 'rPh') silent--
        if (name === 'si') strings.push(words.join(''))
      },
      text(text) {
        if (inText && silent === 0) words.push(text)
      },
    },
    maxDepth,
  )
  return strings
}
