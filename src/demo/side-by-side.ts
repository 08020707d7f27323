/**
 * Breaks a text into lines of at most `width` characters, between words where it can.
 * Line breaks of the text stay.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (let word of line.split(/\s+/).filter(Boolean)) {
    if (current && current.length + 1 + word.length > width) {
      lines.push(current)
      current = ''
    }
    while (word.length > width) {
      lines.push(word.slice(0, width))
      word = word.slice(width)
    }
    current = current ? `${current} ${word}` : word
  }
  return [...lines, current]
}

/**
 * Sets two texts in columns next to each other.
 *
 * @param width of both columns, the rule between them and the indent, in characters
 */
export function sideBySide(left: string, right: string, width: number): string[] {
  const column = Math.floor((width - 5) / 2)
  const a = wrap(left, column)
  const b = wrap(right, column)
  return Array.from({ length: Math.max(a.length, b.length) }, (_, row) =>
    `  ${(a[row] ?? '').padEnd(column)} │ ${b[row] ?? ''}`.trimEnd(),
  )
}
