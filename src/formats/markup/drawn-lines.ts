import { parseXml } from './parse-xml.ts'

/** The texts of a drawing (SVG) in the order in which it holds them, one a line. */
export function drawnLines(svg: string, maxDepth: number): string[] {
  const lines: string[] = []
  let words = ''
  let depth = 0
  parseXml(
    svg,
    {
      open(name, { y, dy }) {
        if (name === 'text') depth++
        // A line of its own within one text.
        if (name === 'tspan' && (y !== undefined || dy !== undefined)) words += '\n'
      },
      text(text) {
        if (depth > 0) words += text.replace(/\s+/g, ' ')
      },
      close(name) {
        if (name !== 'text' || --depth > 0) return
        for (const line of words.split('\n')) if (line.trim() !== '') lines.push(line.trim())
        words = ''
      },
    },
    maxDepth,
  )
  return lines
}
