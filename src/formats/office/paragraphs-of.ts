import { parseXml } from '../markup/parse-xml.ts'

/** The paragraphs of a part of an Office file, in whatever they stand. */
export function paragraphsOf(xml: string, maxDepth: number): string[] {
  const paragraphs: string[] = []
  let words: string[] = []
  let inText = false
  let fallback = 0
  parseXml(
    xml,
    {
      open(name) {
        if (name === 'Fallback') fallback++
        if (name === 't') inText = true
        if (name === 'br') words.push('\n')
      },
      close(name) {
        if (name === 'Fallback') fallback--
        if (name === 't') inText = false
        if (name !== 'p') return
        const text = words.join('').trim()
        if (text !== '') paragraphs.push(text)
        words = []
      },
      text(text) {
        if (inText && fallback === 0) words.push(text)
      },
    },
    maxDepth,
  )
  return paragraphs
}
